# The image that `action.yml` builds: one static binary on a small base.
#
# The runner rebuilds it in every job of a hosted runner; releases point at a prebuilt image instead.
# The bases are arguments so that a mirror, or a test without a registry, can name its own.
ARG BUILDER=docker.io/library/rust:1.95-alpine
# Pinned by tag: Dependabot moves tags in ARG lines, and a release pins the finished image by digest.
ARG BASE=docker.io/library/alpine:3.22

FROM ${BUILDER} AS build
# ring and mimalloc bring C code.
RUN apk add --no-cache musl-dev gcc
COPY . /src
# The target is named, so that the binary is static musl on any builder; it also keeps the path fixed.
RUN cd /src \
    && target="$(uname -m)-unknown-linux-musl" \
    && cargo build --profile dist --locked --bin roadworthy --target "$target" \
    && cp "target/$target/dist/roadworthy" /roadworthy

# Not `scratch`: Kubernetes runners start a container through `sh`, `env` and `tail`.
FROM ${BASE}
COPY --from=build /roadworthy /roadworthy
# No USER: the runner's workspace belongs to another user, only root can read and write it everywhere.
# No WORKDIR: the runner sets its own. Certificate roots are inside the binary.
ENTRYPOINT ["/roadworthy"]
