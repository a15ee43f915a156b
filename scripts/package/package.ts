// SPDX-License-Identifier: Apache-2.0

export interface PackageFile {
	/** Where it is on the router, without the leading slash. */
	readonly path: string;
	readonly bytes: Uint8Array;
	readonly mode: number;
}

/** What the package managers run beside OpenWrt's own functions; empty: nothing. */
export interface PackageScripts {
	readonly postinst: string;
	readonly prerm: string;
	readonly postrm: string;
}

/** One package, before it becomes an .ipk or an .apk. */
export interface Package {
	readonly name: string;
	/** VERSION-rRELEASE, which both package managers can compare. */
	readonly version: string;
	/** OpenWrt's name of the architecture, or `all`. */
	readonly arch: string;
	readonly description: string;
	readonly license: string;
	readonly section: string;
	readonly maintainer: string;
	/** Empty: none. */
	readonly url: string;
	/** Names of packages. */
	readonly depends: readonly string[];
	/** USER:GROUP, made when the package is installed. */
	readonly users: readonly string[];
	/** In the order of paths. */
	readonly files: readonly PackageFile[];
	/** Absolute paths; kept when the package is upgraded and the owner changed them. */
	readonly conffiles: readonly string[];
	readonly scripts: PackageScripts;
	/** The moment written into the package, in seconds since 1970. */
	readonly timeS: number;
}
