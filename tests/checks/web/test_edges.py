"""Limits of the checks of web pages, on this side and on the other."""

import pytest
from tests.edges import Edge, holds

from cdso_audit.facts.http import Answer, HttpPages, HttpTrace
from cdso_audit.model import Outcome
from cdso_checks.web.http_content_security_policy import http_content_security_policy
from cdso_checks.web.http_frame_options import http_frame_options
from cdso_checks.web.http_trace_method import http_trace_method

PASS, FAIL = Outcome.PASS, Outcome.FAIL


def policy(text: str) -> HttpPages:
    headers = (("Content-Security-Policy", text),)
    page = Answer(url="https://x.example/", status=200, headers=headers, html=True)
    return HttpPages(subject="x.example:443", hops=(page,))


CSP, FRAME = http_content_security_policy, http_frame_options
STRICT = {"allow_unsafe_inline": False}
EDGES = [
    Edge(http_trace_method, HttpTrace(subject="x", status=299, echoed=True), FAIL),
    Edge(http_trace_method, HttpTrace(subject="x", status=300, echoed=True), PASS),
    Edge(http_trace_method, HttpTrace(subject="x", status=200, echoed=False), PASS),
    Edge(CSP, policy("script-src 'self'"), PASS),
    Edge(CSP, policy("script-src 'self' *"), FAIL),
    Edge(CSP, policy("script-src 'self' http:"), FAIL),
    Edge(CSP, policy("script-src 'self' https:"), FAIL),
    Edge(CSP, policy("script-src 'self' data:"), FAIL),
    Edge(CSP, policy("script-src https: 'strict-dynamic' 'nonce-a'"), PASS),
    Edge(CSP, policy("script-src 'self' 'unsafe-inline'"), FAIL, parameters=STRICT),
    Edge(CSP, policy("script-src 'unsafe-inline' 'nonce-a'"), PASS, parameters=STRICT),
    Edge(CSP, policy("script-src 'unsafe-inline' 'sha256-a'"), PASS, parameters=STRICT),
    Edge(CSP, policy("default-src 'self'"), PASS),
    Edge(CSP, policy("img-src 'self'"), FAIL),
    Edge(FRAME, policy("frame-ancestors 'self'"), PASS),
    Edge(FRAME, policy("frame-ancestors 'self' https:"), FAIL, says="every site"),
    Edge(FRAME, policy("frame-ancestors 'self' http:"), FAIL, says="every site"),
    Edge(FRAME, policy("frame-ancestors *"), FAIL, says="every site"),
    Edge(FRAME, policy("default-src 'self'; "), FAIL, says="neither"),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
