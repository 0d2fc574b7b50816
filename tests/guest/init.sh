#!/bin/sh
# The guest's first process: modules, the host's root with a writable layer over it, udev, and then the agent in it.
b=/bin/busybox
$b mount -t devtmpfs dev /dev
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
. /settings
while read -r module; do
	$b insmod "/modules/$module" || echo "init: no $module"
done < /modules/order

$b mount -t 9p -o "trans=virtio,version=9p2000.L,ro,cache=loose,msize=524288" host /host || echo "init: no host"
$b mount -t tmpfs -o mode=755 upper /upper
$b mkdir /upper/up /upper/work
$b mount -t overlay -o "lowerdir=/host,upperdir=/upper/up,workdir=/upper/work" overlay /root || echo "init: no root"
for each in dev proc sys; do
	$b mount --move "/$each" "/root/$each"
done
$b mkdir -p /root/dev/pts /root/dev/shm
$b mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /root/dev/pts
$b mount -t tmpfs -o mode=1777 shm /root/dev/shm
$b mount -t tmpfs -o mode=755 run /root/run
$b ln -s /proc/self/fd /root/dev/fd

# As on a box: the kiosk's group, and the udev rules that give it the devices.
echo "deputies-home:x:$group:" >> /root/etc/group
$b mkdir -p /root/run/udev/rules.d
$b cp "/host$rules" /root/run/udev/rules.d/ || echo "init: no rules"

export SYSTEMD_IGNORE_CHROOT=1
$b chroot /root /lib/systemd/systemd-udevd --daemon
$b chroot /root /usr/bin/udevadm trigger --action=add
$b chroot /root /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 /usr/bin/python3 -I -S "$agent"
echo "init: the agent ended"
$b poweroff -f
