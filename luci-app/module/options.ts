// SPDX-License-Identifier: Apache-2.0

// The agent's own table of options: what this page accepts is what the agent accepts.

export {options} from '../../src/model/configuration.ts';
