#!/bin/sh
set -e

# Where AppArmor is on and knows the rule; an older one would report a mistake in the profile at every start.
# dpkg names the folder that it takes for the system's root; it is empty for the real one.
root=${DPKG_ROOT:-}
profile=$root/opt/Pilothouse/resources/linux/apparmor-profile
installed=$root/etc/apparmor.d/pilothouse-desktop
if command -v apparmor_status >/dev/null 2>&1 && apparmor_status --enabled >/dev/null 2>&1; then
  if apparmor_parser --skip-kernel-load --skip-cache "$profile" >/dev/null 2>&1; then
    mkdir -p "$root/etc/apparmor.d"
    cp "$profile" "$installed"
    # In a container the kernel belongs to somebody else; the profile is then read at its next start.
    if [ -z "$root" ]; then
      apparmor_parser --replace --write-cache --skip-read-cache "$installed" || true
    fi
  fi
fi
exit 0
