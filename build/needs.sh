# shellcheck shell=bash
# What the scripts at the root need from the machine: the .NET SDK and Debian packages. Sourced, not run;
# `root` is the directory of the checkout.

# kind | package | what shows that it is there: a command, or a pattern of paths | why
readonly PACKAGES='
unit        | gcc         | gcc                        | compares the layout of structs with the C compiler
unit        | libc6-dev   | /usr/include/errno.h       | the C headers for that
unit        | libssl3     | /usr/lib*/*/libssl.so.3    | TLS of the data plane
unit        | libssl-dev  | /usr/include/openssl/ssl.h | the C headers of OpenSSL for that
unit        | openssl     | openssl                    | a TLS client that others wrote
unit        | iproute2    | ip                         | namespaces of the network
simulation  | libssl3     | /usr/lib*/*/libssl.so.3    | TLS of the data plane
integration | libssl3     | /usr/lib*/*/libssl.so.3    | TLS of the data plane
integration | curl        | curl                       | a client that others wrote
integration | dnsutils    | dig                        | a DNS client that others wrote
integration | dnsperf     | dnsperf                    | many questions at once
integration | knot-dnsutils | kdig                     | another DNS client that others wrote
integration | iperf3      | iperf3                     | streams of datagrams
integration | nftables    | /usr/sbin/nft              | mode kernel
integration | conntrack   | /usr/sbin/conntrack        | mode kernel with UDP
integration | iproute2    | ip                         | namespaces of the network
integration | keepalived  | /usr/sbin/keepalived       | a router of virtual addresses that others wrote
integration | tshark      | tshark                     | reads what is sent as others who know the protocols do
integration | redis-server | redis-server              | a server that others wrote
integration | redis-tools | redis-benchmark            | its client and its load
integration | postgresql  | /usr/lib/postgresql/*/bin/pgbench | a server that others wrote, its client and its load
integration | haproxy     | /usr/sbin/haproxy          | a balancer before Atlas that others wrote
integration | nginx       | /usr/sbin/nginx            | a server that others wrote
integration | openssl     | openssl                    | a TLS client that others wrote, and its certificates
integration | nghttp2-client | h2load                  | clients of HTTP/2 that others wrote
integration | nodejs      | node                       | clients and servers in modules of npm
integration | npm         | npm                        | those modules
integration | chromium    | chromium                   | a browser that loads a page through Atlas
integration | sslscan     | sslscan                    | looks for weaknesses of TLS
integration | testssl.sh  | testssl                    | looks for more of them
vectors     | libssl3     | /usr/lib*/*/libssl.so.3    | TLS of the data plane
browser     | libssl3     | /usr/lib*/*/libssl.so.3    | TLS of the data plane
browser     | chromium    | chromium                   | opens the dashboard
package     | clang       | clang                      | links the native binary
package     | binutils    | objcopy                    | takes the debug symbols out of the native binary
bench       | nginx       | /usr/sbin/nginx            | a peer to measure against
bench       | libnginx-mod-stream | /usr/lib/nginx/modules/ngx_stream_module.so | its UDP proxy
bench       | haproxy     | /usr/sbin/haproxy          | a peer to measure against
bench       | nghttp2-client | h2load                  | clients of HTTP/2
bench       | libssl3     | /usr/lib*/*/libssl.so.3    | TLS of the clients
bench       | redis-server | redis-server             | the store of sessions
bench       | nftables    | /usr/sbin/nft              | mode kernel
bench       | iproute2    | ip                         | namespaces of the network
bench       | keepalived  | /usr/sbin/keepalived       | a router of virtual addresses to measure against
'

# Prints its arguments to standard error.
say() {
  printf '%s\n' "$*" >&2
}

# Removes the blanks around a column.
trim() {
  local text=$1
  text=${text#"${text%%[![:space:]]*}"}
  printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# Installs what is missing for the given kinds: as root on Debian with apt, saying so; else says the command and returns 1.
install_packages() {
  local kinds=" $* " kind package shows why log
  local -A missing=()
  while IFS='|' read -r kind package shows why; do
    kind=$(trim "$kind") package=$(trim "$package") shows=$(trim "$shows")
    if [[ -n $package && $kinds == *" $kind "* ]] && ! command -v "$shows" >/dev/null && ! compgen -G "$shows" >/dev/null; then
      missing[$package]=$(trim "$why")
    fi
  done <<<"$PACKAGES"
  if ((${#missing[@]} == 0)); then
    return 0
  fi

  for package in "${!missing[@]}"; do
    say "needed: $package (${missing[$package]})"
  done
  if ! command -v apt-get >/dev/null; then
    say "install the packages above with this system's package manager (the names are Debian's), then start this again"
    return 1
  fi
  if ((EUID != 0)); then
    say "install them with: sudo apt-get install --no-install-recommends ${!missing[*]}"
    return 1
  fi
  say "installing with apt: ${!missing[*]}"
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if ! { apt-get update && apt-get install -y --no-install-recommends "${!missing[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    say "apt could not install: ${!missing[*]}"
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# Installs the npm modules of a folder at the versions that its package-lock.json pins, where that has not been done since.
install_modules() {
  local folder=$1 log
  if [[ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]]; then
    return 0
  fi
  say "installing with npm what $folder/package.json names"
  log=$(mktemp)
  if ! npm --prefix "$folder" ci --no-audit --no-fund --ignore-scripts >"$log" 2>&1; then
    cat "$log" >&2
    say "npm could not install the modules of $folder"
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# Lets the built programs find the .NET runtime: they look in the usual places and in DOTNET_ROOT, not on the PATH.
# Returns 1, saying so, where there is no SDK.
find_dotnet() {
  local dotnet
  if ! dotnet=$(command -v dotnet); then
    # shellcheck disable=SC2154 # root is set by the script that sources this one
    say "the .NET SDK $(sed -n 's/.*"version": *"\([0-9]*\.[0-9]*\).*/\1/p' "$root/global.json") is needed: https://dot.net/download"
    return 1
  fi
  dotnet=$(readlink -f "$dotnet")
  export DOTNET_ROOT=${DOTNET_ROOT:-${dotnet%/*}}
}

# Settings of the builds that the scripts start. Not for the programs that they start.
prepare_build() {
  # Keep the first build of a user from printing a welcome and making a development certificate.
  export DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_CLI_TELEMETRY_OPTOUT=1
  # MinVer fails without git, and warns where git refuses the repository: an archive, or a checkout of another user.
  if ! git -C "$root" rev-parse --git-dir >/dev/null 2>&1; then
    export MinVerVersionOverride=0.1.0-unknown
  fi
}
