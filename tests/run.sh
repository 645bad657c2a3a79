#!/usr/bin/env bash
# ./dev test: prerequisites, build, every suite; the last line counts all of them together.
set -uo pipefail
cd "$(dirname "$0")/.."
source <(sed -n '/^say()/,/^usage()/p' dev | sed '$d')
passed=0 failed=0
failures=$(mktemp)
trouble() { echo "FAILED: $*"; failed=$((failed + 1)); }

# count <suite> <log>: adds a suite's numbers; a suite that printed none has failed.
count() {
  local p f plain
  # Colours stand between the words.
  plain=$(mktemp)
  sed 's/\x1b\[[0-9;]*m//g' "$2" > "$plain"
  p=$(sed -nE 's/.*succeeded: ([0-9]+).*/\1/p; s/^# pass ([0-9]+).*/\1/p; s/.*Tests +.*[^0-9]([0-9]+) passed.*/\1/p' "$plain" | awk '{s+=$1} END {print s+0}')
  f=$(sed -nE 's/^ *failed: ([0-9]+).*/\1/p; s/^# fail ([0-9]+).*/\1/p; s/.*Tests +([0-9]+) failed.*/\1/p' "$plain" | awk '{s+=$1} END {print s+0}')
  rm -f "$plain"
  echo "-- $1: $p passed, $f failed"
  [ $((p + f)) -gt 0 ] || f=1
  passed=$((passed + p)) failed=$((failed + f))
}

# suite <name> <command...>
suite() {
  local name="$1" log; shift
  log=$(mktemp)
  say "$name"
  "$@" 2>&1 | tee "$log"
  local status=${PIPESTATUS[0]}
  local before=$failed
  count "$name" "$log"
  # What failed is said again at the end, where a reader of a cut log still finds it.
  sed 's/\x1b\[[0-9;]*m//g' "$log" | awk '/^failed |^ *FAIL /{n=25} n-->0' >> "$failures"
  [ "$status" -eq 0 ] || [ "$failed" -gt "$before" ] || trouble "$name ended with status $status"
  rm -f "$log"
}

filter=()
[ $# -gt 0 ] && filter=(--filter-class "$1")
prerequisites_for_tests
npm_packages ui || trouble 'npm packages of ui'
npm_packages tests/clients || trouble 'npm packages of tests/clients'
build_ui || trouble 'web UI build'
build_frontend || trouble "Cruddur's frontend build"
say 'building everything, warnings are errors'
if dotnet build Weir.slnx --nologo -v q && dotnet build src/Server/Server.csproj -c Release --nologo -v q; then
  suite 'server tests' dotnet artifacts/bin/Tests/debug/Weir.Tests.dll "${filter[@]}"
  if [ ${#filter[@]} -eq 0 ]; then
    # The same walkthrough, questions and kills with the engine as somebody else's server.
    suite 'server tests, store over TCP' env WEIR_TEST_STORE=tcp dotnet artifacts/bin/Tests/debug/Weir.Tests.dll \
      $(printf -- '--filter-class Weir.Tests.Functional.%sTests ' Walkthrough Query QueryResult BubbleUpApi SpanEvent Kill)
  fi
else
  trouble 'build'
fi
if [ ${#filter[@]} -eq 0 ]; then
  (cd ui && npm run --silent check) || trouble 'UI type check and lint'
  suite 'UI unit tests' npm --prefix ui run --silent test
  suite 'UI browser tests' npm --prefix ui run --silent e2e
fi
if [ -s "$failures" ]; then
  say 'what failed'
  head -c 8000 "$failures"
fi
rm -f "$failures"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
