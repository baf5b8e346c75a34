#!/usr/bin/env bash
# Builds the image from the Dockerfile and runs it as GitHub's runner does: the same mounts, variables and owner of the
# workspace (github-facts 1). Needs root, buildah, debootstrap, node, git and cargo; `.ci/run` installs what is missing.
#
#   tests/container/run.sh [BINARY]    with a binary of this machine, its answers have to be the image's answers
set -euo pipefail

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
WORK=$(mktemp -d)
NATIVE=${1:+$(realpath "$1")}
readonly ROOT WORK NATIVE
readonly IMAGE=localhost/roadworthy-test/roadworthy:1
# Anything that the runner's user may be; the container runs as root.
readonly RUNNER_UID=1001

# shellcheck source=tests/container/images.sh
. "$ROOT/tests/container/images.sh"

API_PID=
CONTAINER=
cleanup() {
    [ -z "$API_PID" ] || kill "$API_PID" 2>/dev/null || true
    [ -z "$CONTAINER" ] || buildah rm "$CONTAINER" >/dev/null 2>&1 || true
    rm -rf "$WORK"
}
trap cleanup EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# --- the repository: a base, a pull request with code alone, one with a test, and their test merges

g() {
    git -C "$WORK/origin" -c user.name=t -c user.email=t@example.org -c commit.gpgsign=false "$@"
}

make_origin() {
    mkdir -p "$WORK/origin/.github" "$WORK/origin/src"
    g init -q -b main
    cp "$ROOT/tests/container/policy.yml" "$WORK/origin/.github/roadworthy.yml"
    echo 'pub fn one() -> u8 { 1 }' >"$WORK/origin/src/lib.rs"
    g add -A && g commit -q -m base
    g checkout -q -b code
    echo 'pub fn two() -> u8 { 2 }' >>"$WORK/origin/src/lib.rs"
    # The head's own policy must not count.
    echo 'version: 1' >"$WORK/origin/.github/roadworthy.yml"
    g add -A && g commit -q -m code
    g checkout -q -b tested main
    echo 'pub fn two() -> u8 { 2 }' >>"$WORK/origin/src/lib.rs"
    mkdir -p "$WORK/origin/tests"
    echo '#[test] fn two() {}' >"$WORK/origin/tests/two.rs"
    g add -A && g commit -q -m tested
    local branch
    for branch in code tested; do
        g checkout -q -B "merge-$branch" main
        g merge -q --no-ff -m "Merge $branch" "$branch"
    done
}

# --- one run

# prepare CASE BRANCH DEPTH: what the runner lays out before it starts the container.
prepare() {
    local at="$WORK/$1" branch=$2 depth=$3 file
    mkdir -p "$at"/{workflow,home,file_commands,runner_temp}
    git clone -q --depth "$depth" --branch "merge-$branch" "file://$WORK/origin" "$at/workspace" 2>/dev/null
    git -C "$at/workspace" checkout -q --detach
    for file in output summary state env path; do
        : >"$at/file_commands/$file"
    done
    cat >"$at/workflow/event.json" <<JSON
{
  "action": "opened",
  "number": 7,
  "pull_request": {
    "number": 7, "title": "Two", "body": null, "draft": false, "labels": [],
    "user": { "login": "alice", "type": "User" },
    "head": { "ref": "$branch", "sha": "$(g rev-parse "$branch")", "repo": { "full_name": "acme/app" } },
    "base": { "ref": "main", "sha": "$(g rev-parse main)", "repo": { "full_name": "acme/app" } }
  },
  "repository": { "full_name": "acme/app", "default_branch": "main" }
}
JSON
    chown -R "$RUNNER_UID:$RUNNER_UID" "$at"
    # Inputs as the runner hands them in: every one that action.yml declares, dashes kept.
    cat >"$at.env" <<ENV
CI=true
GITHUB_ACTIONS=true
GITHUB_ACTION=gate
GITHUB_API_URL=http://127.0.0.1:$PORT
GITHUB_SERVER_URL=https://github.com
GITHUB_BASE_REF=main
GITHUB_HEAD_REF=$branch
GITHUB_EVENT_NAME=pull_request
GITHUB_REF=refs/pull/7/merge
GITHUB_REPOSITORY=acme/app
GITHUB_RUN_ATTEMPT=1
GITHUB_SHA=$(g rev-parse "merge-$branch")
INPUT_POLICY=
INPUT_STAGE=
INPUT_ENFORCE=
INPUT_ANNOTATIONS=true
INPUT_COMMENT=never
INPUT_CHECK-RUN=false
INPUT_COMMIT-STATUS=auto
INPUT_SARIF-FILE=
INPUT_JSON-FILE=out/report.json
INPUT_TOKEN=token-of-the-container-test
INPUT_WORKING-DIRECTORY=
INPUT_FAIL-ON-UNDECIDED=true
ENV
}

# places FOLDER COMMANDS EVENT HOME: the variables that are paths.
places() {
    printf 'GITHUB_WORKSPACE=%s\nGITHUB_OUTPUT=%s/output\nGITHUB_STEP_SUMMARY=%s/summary\n' "$1" "$2" "$2"
    printf 'GITHUB_STATE=%s/state\nGITHUB_ENV=%s/env\nGITHUB_PATH=%s/path\n' "$2" "$2" "$2"
    printf 'GITHUB_EVENT_PATH=%s\nHOME=%s\n' "$3" "$4"
}

# run_image CASE: the exit code; stdout and stderr go beside the case.
run_image() {
    local at="$WORK/$1" arguments=() line code=0
    while IFS= read -r line; do
        arguments+=(--env "$line")
    done < <(cat "$at.env"; places /github/workspace /github/file_commands /github/workflow/event.json /github/home)
    for line in workspace workflow home file_commands runner_temp; do
        arguments+=(--volume "$at/$line:/github/$line")
    done
    buildah run --isolation chroot --workingdir /github/workspace "${arguments[@]}" "$CONTAINER" -- "$ENTRYPOINT" \
        >"$at.stdout" 2>"$at.stderr" || code=$?
    echo "$code"
}

# run_native CASE: the same by the binary of this machine.
run_native() {
    local at="$WORK/$1" arguments=() line code=0
    while IFS= read -r line; do
        arguments+=("$line")
    done < <(cat "$at.env"; places "$at/workspace" "$at/file_commands" "$at/workflow/event.json" "$at/home")
    (cd "$at/workspace" && env -i "${arguments[@]}" "$NATIVE") >"$at.stdout" 2>"$at.stderr" || code=$?
    echo "$code"
}

# output CASE NAME: the value of an output, read as the runner reads it.
output() {
    awk -v name="$2" '
        value { if ($0 == delimiter) { value = 0; next } if (found) print; next }
        { at = index($0, "<<"); delimiter = substr($0, at + 2); found = substr($0, 1, at - 1) == name; value = 1 }
    ' "$WORK/$1/file_commands/output"
}

# expect CASE BRANCH DEPTH CODE VERDICT
expect() {
    local case=$1 code
    prepare "$case" "$2" "$3"
    code=$(run_image "$case")
    [ "$code" = "$4" ] && [ "$(output "$case" verdict)" = "$5" ] || {
        cat "$WORK/$case.stdout" "$WORK/$case.stderr" "$WORK/$case/file_commands/output" >&2
        fail "$case: exit code $code, verdict '$(output "$case" verdict)'; expected $4 and $5"
    }
    ! grep -rq token-of-the-container-test "$WORK/$case.stdout" "$WORK/$case.stderr" "$WORK/$case" \
        || fail "$case: the token was written somewhere"
    same_as_native "$case" "$2" "$3" "$code"
    echo "ok: $case: exit code $code, verdict $5"
}

# same_as_native CASE BRANCH DEPTH CODE
same_as_native() {
    [ -n "$NATIVE" ] || return 0
    local native="$1-native" file
    prepare "$native" "$2" "$3"
    [ "$(run_native "$native")" = "$4" ] || fail "$1: the native binary has another exit code"
    diff "$WORK/$1.stdout" "$WORK/$native.stdout" || fail "$1: the native binary prints another report"
    diff "$WORK/$1/file_commands/summary" "$WORK/$native/file_commands/summary" || fail "$1: another summary"
    for file in verdict blocking failed stage-reached json-file; do
        [ "$(output "$1" "$file")" = "$(output "$native" "$file")" ] || fail "$1: another output $file"
    done
}

# --- the test

build_image "$IMAGE"
CONTAINER=$(buildah from --pull-never "$IMAGE")
# Kubernetes runners and the exec form: one absolute path, and the three programs that they start containers with.
ENTRYPOINT=$(buildah inspect --type image --format '{{.OCIv1.Config.Entrypoint}}' "$IMAGE")
[ "$ENTRYPOINT" = '[/roadworthy]' ] || fail "the entrypoint is $ENTRYPOINT"
ENTRYPOINT=/roadworthy
[ -z "$(buildah inspect --type image --format '{{.OCIv1.Config.User}}{{.OCIv1.Config.WorkingDir}}' "$IMAGE")" ] \
    || fail "the image sets USER or WORKDIR"
buildah run --isolation chroot "$CONTAINER" -- sh -c 'env | tail -n 1' >/dev/null || fail "sh, env or tail is missing"
buildah run --isolation chroot "$CONTAINER" -- "$ENTRYPOINT" --version

make_origin
: >"$WORK/api.log"
node "$ROOT/tests/container/api.mjs" >>"$WORK/api.log" &
API_PID=$!
until PORT=$(head -n 1 "$WORK/api.log") && [ -n "$PORT" ]; do
    kill -0 "$API_PID" || fail "the API server did not start"
    sleep 0.1
done

expect code-alone code 2 1 fail
[ "$(output code-alone blocking)" = 1 ] || fail "code-alone: $(output code-alone blocking) rules block"
grep -q '^::error' "$WORK/code-alone.stdout" || fail "code-alone: no annotation"
grep -q 'Code changes come with tests' "$WORK/code-alone/file_commands/summary" || fail "code-alone: no summary"
[ "$(output code-alone json-file)" = out/report.json ] || fail "code-alone: the output json-file is wrong"
grep -q '"verdict": *"fail"' "$WORK/code-alone/workspace/out/report.json" || fail "code-alone: no JSON report"
grep -q '^GET /repos/acme/app/pulls/7/reviews 200$' "$WORK/api.log" || fail "the API was not called from inside"

expect with-a-test tested 2 0 pass
! grep -q '^::error' "$WORK/with-a-test.stdout" || fail "with-a-test: an error was annotated"

# Without the base there is no trusted policy, and that is no pass.
expect too-shallow code 1 2 undecided
grep -q 'fetch-depth: 2' "$WORK/too-shallow.stderr" || fail "too-shallow: no help"

echo "the image answers as it should"
