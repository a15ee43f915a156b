// SPDX-License-Identifier: Apache-2.0

/** The release, as package.json has it; `test/guard` compares them. */
export const version = '0.1.0';
