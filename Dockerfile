# The image that `action.yml` builds: one static binary on a small base.
#
# The runner rebuilds it in every job of a hosted runner; releases point at a prebuilt image instead.
# Bases are pinned by tag, and Dependabot moves the tags: a digest here would be rebuilt by every user anyway, while the
# image of a release is pinned by digest as a whole.

FROM rust:1.95-alpine AS build
# ring and mimalloc bring C code.
RUN apk add --no-cache musl-dev gcc
COPY . /src
# The target is named, so that the binary is static musl on any builder; it also keeps the path fixed.
RUN cd /src \
    && target="$(uname -m)-unknown-linux-musl" \
    && cargo build --profile dist --locked --bin roadworthy --target "$target" \
    && cp "target/$target/dist/roadworthy" /roadworthy

# Not `scratch`: Kubernetes runners start a container through `sh`, `env` and `tail`.
FROM alpine:3.22
COPY --from=build /roadworthy /roadworthy
# No USER: the runner's workspace belongs to another user, only root can read and write it everywhere.
# No WORKDIR: the runner sets its own. Certificate roots are inside the binary.
ENTRYPOINT ["/roadworthy"]
