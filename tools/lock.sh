#!/bin/sh
# Resolve the dependencies anew: hashes, no index address, no path of this machine.
set -eu
bin=$1
cd "$(dirname "$0")/.."
options="--quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-emit-index-url
--no-emit-find-links --no-emit-trusted-host --no-emit-options --no-annotate"
mkdir -p requirements
"$bin/pip-compile" $options -o requirements/run.txt requirements/run.in
"$bin/pip-compile" $options -c requirements/run.txt -o requirements/dev.txt requirements/dev.in
