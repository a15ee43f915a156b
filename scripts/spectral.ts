// SPDX-License-Identifier: Apache-2.0
// npm run spectral -- COMMAND …: what a spectral capture holds.
import '../src/main/spectral.ts';
