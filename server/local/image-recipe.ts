import { createHash } from 'node:crypto';

/** What the Debian 12 image is made of. A change of anything here makes a new image at the next start. */
export const recipe = {
  suite: 'bookworm',
  /** On top of debootstrap's `minbase`. udev, since systemd-networkd waits for it before it touches a link. */
  packages: [
    'ca-certificates',
    'cron',
    'curl',
    'dbus',
    'iproute2',
    'iputils-ping',
    'less',
    'libpam-systemd',
    'nano',
    'netbase',
    'openssh-server',
    'procps',
    'sudo',
    'systemd',
    'systemd-resolved',
    'systemd-sysv',
    'udev',
    'vim-tiny',
    'wget',
  ],
  files: {
    '/etc/systemd/network/10-eth0.network': `[Match]
Name=eth0

[Network]
DHCP=ipv4
LinkLocalAddressing=no
IPv6AcceptRA=no
LLMNR=no
MulticastDNS=no

[DHCPv4]
ClientIdentifier=mac
UseHostname=no
`,
    // Each machine makes its own keys at its first boot: shared ones would let any customer pose as any other.
    // RSA isn't made: it alone takes longer than the whole boot, and every client of the last decade knows the others.
    '/etc/systemd/system/ssh-host-keys.service': `[Unit]
Description=SSH host keys of this machine
Before=ssh.service
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key

[Service]
Type=oneshot
ExecStart=-/usr/bin/ssh-keygen -q -t ecdsa -N "" -f /etc/ssh/ssh_host_ecdsa_key
ExecStart=/usr/bin/ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key

[Install]
WantedBy=multi-user.target
`,
    // The customer chooses key or password when ordering; root's password is locked until one is set.
    '/etc/ssh/sshd_config.d/10-root.conf': 'PermitRootLogin yes\nPasswordAuthentication yes\nUseDNS no\n',
    '/etc/systemd/journald.conf.d/10-size.conf': '[Journal]\nSystemMaxUse=50M\n',
    '/etc/default/locale': 'LANG=C.UTF-8\n',
    '/etc/hosts': '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n',
    '/etc/motd': '',
    '/etc/machine-id': '',
    '/etc/fstab': '',
    '/etc/apt/sources.list': `deb http://deb.debian.org/debian bookworm main
deb http://deb.debian.org/debian bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
`,
    // Every file of an image is one more for the hypervisor to give to the machine's own user ids.
    '/etc/dpkg/dpkg.cfg.d/10-small': `path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/lintian/*
path-exclude=/usr/share/locale/*
path-include=/usr/share/locale/zh_CN/*
path-include=/usr/share/locale/locale.alias
`,
  } as Record<string, string>,
  links: {
    '/etc/resolv.conf': '/run/systemd/resolve/stub-resolv.conf',
    '/etc/localtime': '/usr/share/zoneinfo/Etc/UTC',
  },
  enabled: ['systemd-networkd.service', 'systemd-resolved.service', 'ssh-host-keys.service', 'ssh.service'],
  /** Of no use in a container, and each a part of the time from start to login. */
  masked: [
    'apt-daily-upgrade.timer',
    'apt-daily.timer',
    'console-getty.service',
    'dev-hugepages.mount',
    'dev-mqueue.mount',
    'e2scrub_all.timer',
    'e2scrub_reap.service',
    'modprobe@.service',
    'proc-sys-fs-binfmt_misc.automount',
    'sys-fs-fuse-connections.mount',
    'sys-kernel-config.mount',
    'sys-kernel-debug.mount',
    'sys-kernel-tracing.mount',
    'systemd-firstboot.service',
    'systemd-modules-load.service',
    'systemd-network-generator.service',
    'systemd-networkd-wait-online.service',
    'systemd-pcrphase.service',
    'systemd-remount-fs.service',
    'systemd-udev-settle.service',
  ],
  /** Removed from the tree; a trailing / empties the folder but keeps it. */
  removed: [
    '/etc/hostname',
    '/usr/share/info/',
    '/usr/share/lintian/',
    '/usr/share/man/',
    '/usr/share/zoneinfo/posix',
    '/usr/share/zoneinfo/right',
    '/var/cache/apt/',
    '/var/cache/debconf/',
    '/var/lib/apt/lists/',
    '/var/lib/dbus/machine-id',
    '/var/log/',
  ],
} as const;

export function recipeDigest(): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16);
}
