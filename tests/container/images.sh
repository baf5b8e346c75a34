# Stand-ins for the base images, for machines that reach no registry. Sourced by run.sh.
#
# The builder is Debian with gcc and musl, and this machine's Rust toolchain mounted in; the final base is busybox alone,
# which is what alpine has, too. The Dockerfile itself is the one that users build.

readonly TEST_BUILDER=localhost/roadworthy-test/builder:1
readonly TEST_BASE=localhost/roadworthy-test/base:1

# import_root FOLDER IMAGE [KEY=VALUE...]: makes an image of a folder.
import_root() {
    local root=$1 image=$2 container
    shift 2
    container=$(buildah from scratch)
    tar -C "$root" -cf "$root.tar" .
    buildah add --quiet "$container" "$root.tar" / >/dev/null
    local pair
    for pair in "$@"; do
        buildah config --env "$pair" "$container"
    done
    buildah commit --quiet "$container" "$image" >/dev/null
    buildah rm "$container" >/dev/null
    rm -rf "$root" "$root.tar"
}

make_builder() {
    local root="$WORK/builder" suite
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    debootstrap --variant=minbase --include=gcc,libc6-dev,musl-tools "$suite" "$root" >"$WORK/debootstrap.log" 2>&1 \
        || { tail -n 20 "$WORK/debootstrap.log"; return 1; }
    # The packages that the Dockerfile asks `apk` for are in this image under Debian's names.
    printf '#!/bin/sh\necho "apk $*: already here"\n' >"$root/usr/local/bin/apk"
    chmod 755 "$root/usr/local/bin/apk"
    import_root "$root" "$TEST_BUILDER" PATH=/usr/local/rust/bin:/usr/local/bin:/usr/bin:/bin \
        CARGO_HOME=/usr/local/cargo CARGO_NET_OFFLINE=true
}

make_base() {
    local root="$WORK/base" applet
    mkdir -p "$root"/{bin,etc,tmp,unpacked}
    (cd "$WORK" && apt-get download -q busybox-static >/dev/null)
    dpkg -x "$WORK"/busybox-static_*.deb "$root/unpacked"
    cp "$(find "$root/unpacked" -type f -path '*/bin/busybox')" "$root/bin/busybox"
    rm -rf "$root/unpacked"
    for applet in sh env tail cat ls; do
        ln -s busybox "$root/bin/$applet"
    done
    import_root "$root" "$TEST_BASE" PATH=/bin
}

have_image() {
    buildah inspect --type image "$1" >/dev/null 2>&1
}

# build_image NAME: builds the Dockerfile of the repository.
build_image() {
    have_image "$TEST_BUILDER" || make_builder
    have_image "$TEST_BASE" || make_base
    cargo fetch --quiet --locked --target x86_64-unknown-linux-musl
    buildah build --isolation chroot --pull-never --layers=false \
        --build-context "rust:1.95-alpine=container-image://$TEST_BUILDER" \
        --build-context "alpine:3.22=container-image://$TEST_BASE" \
        --volume "$(rustc --print sysroot):/usr/local/rust:ro" \
        --volume "${CARGO_HOME:-$HOME/.cargo}/registry:/usr/local/cargo/registry" \
        --tag "$1" "$ROOT"
}
