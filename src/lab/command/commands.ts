// SPDX-License-Identifier: Apache-2.0
import {channels} from './channels.ts';
import type {LabCommand} from './command.ts';
import {compare} from './compare.ts';
import {faults} from './faults.ts';
import {judge} from './judge.ts';
import {report} from './report.ts';
import {run} from './run.ts';
import {slots} from './slots.ts';
import {anonymise, importFile} from './topology.ts';
import {validate} from './validate.ts';

/** Every command of the lab; its help lists them in this order. */
export const commands: readonly LabCommand[] = [
	validate,
	run,
	judge,
	report,
	compare,
	channels,
	slots,
	faults,
	importFile,
	anonymise,
];
