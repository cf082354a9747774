"""A gap says why in Vietnamese too; what nobody knows stays as it was said."""

import pytest

from cdso_audit.details import DETAIL_TEXT, detail_in
from cdso_audit.language import translated


@pytest.mark.parametrize(
    ("detail", "vietnamese"),
    [
        ("nmap is not installed (apt install nmap)", "chưa cài nmap (apt install nmap)"),
        ("/usr/sbin/nft is not installed", "chưa cài /usr/sbin/nft"),
        ("no end after 10 s", "chưa xong sau 10 giây"),
        ("web1 refuses connections to port 22", "web1 từ chối kết nối đến cổng 22"),
        ("exit code 2: cat: x: No such file", "mã thoát 2: cat: x: No such file"),
        ("something a program said", "something a program said"),
        ("{weird} {} braces {0}", "{weird} {} braces {0}"),
    ],
)
def test_the_sentence_is_recognised(detail: str, vietnamese: str) -> None:
    assert detail_in(detail, "vi") == vietnamese
    assert detail_in(detail, "en") == detail


@pytest.mark.parametrize("template", DETAIL_TEXT)
def test_every_sentence_has_its_vietnamese(template: str) -> None:
    assert translated(template, "vi") != template
