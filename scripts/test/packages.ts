// SPDX-License-Identifier: Apache-2.0

/** Debian packages that the tests use, beside those that the toolchain and the kernel benches install for themselves. */
export const testPackages: readonly string[] = [
	'busybox-static',
	'chromium',
	'iproute2',
	'make',
	'mosquitto',
	'openssl',
	'qemu-user-static',
	'signify-openbsd',
];
