// SPDX-License-Identifier: Apache-2.0
import type {Configuration} from '../../model/configuration.ts';

/** Why no engine runs. Absent: undefined where one can. */
export function engineAbsence({meshKeys, meshKeyFile}: Configuration): string | undefined {
	return meshKeys === '' && meshKeyFile === '' ? 'no key of the mesh is set (mesh_keys or mesh_key_file)' : undefined;
}
