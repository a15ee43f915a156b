/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in JSON by the engine's own reader, in place of the C library's (scripts/build/units.ts). */
#include "host.h"

#include <dtoa.h>

double host_number(const char *text, char **end);

/* What is at `text` was found to be a number; where it ends nobody asks. */
double host_number(const char *text, char **end UNUSED)
{
	JSATODTempMem working;

	return js_atod(text, NULL, 10, 0, &working);
}
