// SPDX-License-Identifier: Apache-2.0

// A package's Makefile as OpenWrt's build system has it, read for what goes into the package's own description, so that
// a package made here and one made there say the same. Only what such a Makefile of ours uses is understood.

export interface PackageMakefile {
	/** Assigned at the top: PKG_NAME, PKG_VERSION, LUCI_TITLE … */
	readonly variables: ReadonlyMap<string, string>;
	/** The lines of each `define`, with `$$` as the shell will see it. */
	readonly definitions: ReadonlyMap<string, string>;
}

const assignment = /^\s*([A-Za-z_]+)\s*[:?]?=\s*(.*)$/;

/** Errors: an Error for a `define` that does not end. */
export function readMakefile(text: string): PackageMakefile {
	const variables = new Map<string, string>();
	const definitions = new Map<string, string>();
	const lines = text.replaceAll('\\\n', '').split('\n');
	for (let i = 0; i < lines.length; i++) {
		const name = /^define\s+(\S+)/.exec(lines[i] ?? '')?.[1];
		if (name === undefined) {
			const [, variable = '', value = ''] = assignment.exec(lines[i] ?? '') ?? [];
			if (variable !== '') variables.set(variable, value.trim().replaceAll(/\s+/g, ' '));
			continue;
		}
		const end = lines.indexOf('endef', i);
		if (end < 0) throw new Error(`define ${name} does not end`);
		definitions.set(
			name,
			lines
				.slice(i + 1, end)
				.join('\n')
				.replaceAll('$$', '$'),
		);
		i = end;
	}
	return {variables, definitions};
}

/** The fields of `define Package/NAME`. */
export function packageFields(makefile: PackageMakefile, name: string): ReadonlyMap<string, string> {
	return readMakefile(makefile.definitions.get(`Package/${name}`) ?? '').variables;
}

/** Names out of a DEPENDS: without the conditions on the machine and the marks for the menu. */
export const dependencies = (text: string): string[] =>
	text
		.split(/\s+/)
		.filter(word => word !== '' && !word.startsWith('@'))
		.map(word => word.replace(/^\+/, ''));
