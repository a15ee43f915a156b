// SPDX-License-Identifier: Apache-2.0
// npm run lab -- COMMAND …: the simulator and the bench that judges every algorithm.
import '../src/main/lab.ts';
