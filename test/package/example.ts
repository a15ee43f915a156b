// SPDX-License-Identifier: Apache-2.0
import type {Package} from '../../scripts/package/package.ts';

/** A small package with everything a package can have. */
export const examplePackage = (): Package => ({
	name: 'example',
	version: '1.2.3-r4',
	arch: 'mips_24kc',
	description: 'An example',
	license: 'Apache-2.0',
	section: 'net',
	maintainer: 'mesh-noc',
	url: '',
	depends: ['libc', 'base'],
	users: ['example:example'],
	files: [
		{path: 'etc/config/example', bytes: Buffer.from("config a 'b'\n"), mode: 0o600},
		{path: 'usr/sbin/example', bytes: Buffer.from('#!/bin/sh\n'), mode: 0o755},
	],
	conffiles: ['/etc/config/example'],
	scripts: {postinst: '#!/bin/sh\necho installed\n', prerm: '#!/bin/sh\necho removed\n', postrm: ''},
	timeS: 1_767_225_600,
});
