/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of a netlink dump become rows of numbers, many at a call: src/wire/netlink/row-reader.ts has the same as a
 * script, src/wire/netlink/layout.ts the plan, src/core/rows.ts the rows. The global
 *
 *   readRows(bytes, at, little, sequence, port, plan, rows)
 *
 * answers where it stopped: at the end, or before a message that is another's, is about messages, has a key that is not
 * among the rows, or is not as it should be. Nothing of that message was written; the script judges it. -1 is the end of
 * the dump at the end of the datagram, without an error or a doubt.
 */
#include "words.h"

#include <math.h>

enum { PLAN_HEADER_BYTES, PLAN_COLUMNS, PLAN_STRUCTURE, PLAN_ROOT, PLAN_FACTORS };
enum { KIND_STRUCTURE = 15, KIND_MASK = 15, FALLBACK = 16, ARGUMENT_SHIFT = 5, MAX_COLUMNS = 64 };
enum { ROWS_COUNT, ROWS_EXPECTED, ROWS_STAMP, ROWS_STRIDE, ROWS_KEYS, ROWS_HEADER };
enum { MESSAGE_HEADER = 16, DONE = 3, FIRST_DATA_TYPE = 16, DUMP_INTERRUPTED = 0x10, HAS_ATTRIBUTES = 0x200 };
enum { DUMP_ENDED = -1 };
enum { TEXT_PARTS = 3, TEXT_PART = 5, MAC_BYTES = 6, MAX_DEPTH = 8 };

struct reading {
	const uint16_t *plan;
	size_t plan_count;
	bool little;
	double cells[MAX_COLUMNS];
};

void *array_elements(JSContext *context, JSValueConst array, size_t element_bytes, size_t *count)
{
	size_t offset, length, each, size;
	JSValue buffer = JS_GetTypedArrayBuffer(context, array, &offset, &length, &each);

	if (JS_IsException(buffer))
		return NULL;
	uint8_t *bytes = JS_GetArrayBuffer(context, &size, buffer);

	JS_FreeValue(context, buffer); /* the array keeps it */
	if (bytes == NULL || each != element_bytes || offset + length > size || (uintptr_t)(bytes + offset) % each != 0) {
		JS_ThrowTypeError(context, "not an array of that type");
		return NULL;
	}
	*count = length / each;
	return bytes + offset;
}

static double whole(const uint8_t *at, int count, int there)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++)
		value = value << 8 | (i < there ? at[i] : 0);
	return (double)value;
}

static bool read_number(struct reading *of, uint16_t entry, const uint8_t *at, int32_t size)
{
	enum kind kind = entry & KIND_MASK;
	unsigned column = entry >> ARGUMENT_SHIFT;
	bool little = of->little;
	double value;

	if (column >= of->plan[PLAN_COLUMNS])
		return false;
	if (kind == KIND_TEXT) {
		const uint8_t *stop = memchr(at, 0, (size_t)size);
		int length = stop == NULL ? size : (int)(stop - at);

		if (length > TEXT_PARTS * TEXT_PART || column + TEXT_PARTS > of->plan[PLAN_COLUMNS])
			return false;
		for (int i = 0; i < TEXT_PARTS; i++)
			of->cells[column + i] = whole(at + i * TEXT_PART, TEXT_PART, length - i * TEXT_PART);
		return true;
	}
	if (kind_sizes[kind] != size)
		return false;
	if ((entry & FALLBACK) != 0 && !isnan(of->cells[column]))
		return true;
	switch (kind) {
	case KIND_U32:
		value = read32(at, little);
		break;
	case KIND_U64: {
		uint64_t word = read64(at, little);

		if (word > EXACT)
			return false;
		value = (double)word;
		break;
	}
	case KIND_U8:
		value = *at;
		break;
	case KIND_I8:
		value = (int8_t)*at;
		break;
	case KIND_U16:
		value = read16(at, little);
		break;
	case KIND_I32:
		value = (int32_t)read32(at, little);
		break;
	case KIND_S64: {
		int64_t word = (int64_t)read64(at, little);

		if (word != clamp(word))
			return false;
		value = (double)word;
		break;
	}
	case KIND_U64_CLAMPED: {
		uint64_t word = read64(at, little);

		value = word > EXACT ? (double)EXACT : (double)word;
		break;
	}
	case KIND_S64_CLAMPED:
		value = (double)clamp((int64_t)read64(at, little));
		break;
	case KIND_FLAG:
		value = 1;
		break;
	case KIND_MAC:
		value = whole(at, MAC_BYTES, MAC_BYTES);
		break;
	default:
		return false;
	}
	uint16_t factor = of->plan[PLAN_FACTORS + column];

	of->cells[column] = factor == 1 ? value : value * factor;
	return true;
}

static bool read_structure(struct reading *of, size_t structure, const uint8_t *at, int32_t size)
{
	const uint16_t *plan = of->plan + structure;

	if (structure + 2 > of->plan_count || size < plan[0] || structure + 2 + 2 * (size_t)plan[1] > of->plan_count)
		return false;
	for (unsigned i = 0; i < plan[1]; i++) {
		unsigned offset = plan[2 + 2 * i], kind = plan[3 + 2 * i] & KIND_MASK;

		if (kind >= KIND_COUNT || offset + kind_sizes[kind] > plan[0] ||
		    !read_number(of, plan[3 + 2 * i], at + offset, kind_sizes[kind]))
			return false;
	}
	return true;
}

static bool read_node(struct reading *of, size_t node, const uint8_t *at, int32_t left, int depth)
{
	if (depth > MAX_DEPTH || node >= of->plan_count || node + of->plan[node] >= of->plan_count)
		return false;
	unsigned count = of->plan[node];

	while (left > 0) {
		if (left < HEADER)
			return false;
		int32_t size = read16(at, of->little);
		unsigned type = read16(at + 2, of->little) & TYPE_MASK;

		if (size < HEADER || size > left)
			return false;
		uint16_t entry = type < count ? of->plan[node + 1 + type] : 0;
		unsigned kind = entry & KIND_MASK, inside = entry >> ARGUMENT_SHIFT;

		if (kind != 0) {
			const uint8_t *body = at + HEADER;
			bool read = kind == KIND_NESTED      ? read_node(of, inside, body, size - HEADER, depth + 1)
				    : kind == KIND_STRUCTURE ? read_structure(of, inside, body, size - HEADER)
							     : read_number(of, entry, body, size - HEADER);

			if (!read)
				return false;
		}
		size = (size + 3) & ~3;
		at += size;
		left -= size;
	}
	return true;
}

static bool read_message(struct reading *of, const uint8_t *at, int32_t size)
{
	const uint16_t *plan = of->plan;
	int32_t header = plan[PLAN_HEADER_BYTES];

	for (unsigned i = 0; i < plan[PLAN_COLUMNS]; i++)
		of->cells[i] = (double)NAN;
	if (size < header || (plan[PLAN_STRUCTURE] != 0 && !read_structure(of, plan[PLAN_STRUCTURE], at, header)))
		return false;
	return read_node(of, plan[PLAN_ROOT], at + header, size - header, 0);
}

/* The rows' own header says how they lie; whether it can be true is seen here. */
struct rows {
	double *values;
	size_t room, stride, keys, count;
};

static bool open_rows(struct rows *rows, double *values, size_t length, size_t columns)
{
	if (length < ROWS_HEADER)
		return false;
	rows->values = values;
	rows->stride = (size_t)values[ROWS_STRIDE];
	rows->keys = (size_t)values[ROWS_KEYS];
	rows->count = (size_t)values[ROWS_COUNT];
	rows->room = rows->stride == 0 ? SIZE_MAX : (length - ROWS_HEADER) / rows->stride;
	return (rows->stride == 0 ? columns == 0 && rows->keys == 0 : rows->stride > columns && rows->keys <= columns) &&
	       rows->count <= rows->room;
}

static double *row_at(struct rows *rows, size_t row)
{
	return rows->values + ROWS_HEADER + row * rows->stride;
}

/* The row of a key, most often the one behind the last; or a new one where rows have no key. NULL when there is none. */
static double *row_of(struct rows *rows, const double *cells)
{
	if (rows->keys == 0) {
		if (rows->count >= rows->room)
			return NULL;
		double *made = row_at(rows, rows->count);

		for (size_t i = 0; i < rows->stride; i++)
			made[i] = (double)NAN;
		rows->values[ROWS_COUNT] = (double)++rows->count;
		return made;
	}
	size_t row = (size_t)rows->values[ROWS_EXPECTED];

	for (size_t tried = 0; tried < rows->count; tried++, row++) {
		if (row >= rows->count)
			row = 0;
		double *values = row_at(rows, row);
		size_t same = 0;

		while (same < rows->keys && values[1 + same] == cells[same])
			same++;
		if (same == rows->keys) {
			rows->values[ROWS_EXPECTED] = (double)(row + 1);
			return values;
		}
	}
	return NULL;
}

SCRIPT_FUNCTION(read_rows)
{
	struct reading of;
	struct rows rows;
	size_t length, values_length;
	const uint8_t *bytes = JS_GetUint8Array(context, &length, values[0]);
	int32_t at;
	uint32_t sequence, port;

	if (bytes == NULL || JS_ToInt32(context, &at, values[1]) || JS_ToUint32(context, &sequence, values[3]) ||
	    JS_ToUint32(context, &port, values[4]))
		return JS_EXCEPTION;
	of.little = JS_ToBool(context, values[2]) > 0;
	of.plan = array_elements(context, values[5], sizeof(*of.plan), &of.plan_count);
	double *numbers = of.plan == NULL ? NULL : array_elements(context, values[6], sizeof(double), &values_length);

	if (numbers == NULL)
		return JS_EXCEPTION;
	unsigned columns = of.plan_count > PLAN_FACTORS ? of.plan[PLAN_COLUMNS] : MAX_COLUMNS + 1;

	if (at < 0 || length > INT32_MAX || columns > MAX_COLUMNS || PLAN_FACTORS + columns > of.plan_count ||
	    !open_rows(&rows, numbers, values_length, columns))
		return JS_NewInt32(context, at);
	while ((int32_t)length - at >= MESSAGE_HEADER) {
		const uint8_t *message = bytes + at;
		uint32_t size = read32(message, of.little);
		unsigned type = read16(message + 4, of.little), flags = read16(message + 6, of.little);

		if (size < MESSAGE_HEADER || size > length - (uint32_t)at || (flags & DUMP_INTERRUPTED) != 0 ||
		    read32(message + 8, of.little) != sequence || read32(message + 12, of.little) != port)
			break;
		/* Old kernels end some dumps with an empty one, others say errno 0 in it. */
		if (type == DONE && (flags & HAS_ATTRIBUTES) == 0 && (uint32_t)at + ((size + 3) & ~3u) >= length &&
		    (size == MESSAGE_HEADER || (size >= MESSAGE_HEADER + 4 && read32(message + MESSAGE_HEADER, of.little) == 0)))
			return JS_NewInt32(context, DUMP_ENDED);
		if (type < FIRST_DATA_TYPE || !read_message(&of, message + MESSAGE_HEADER, (int32_t)size - MESSAGE_HEADER))
			break;
		double *row = row_of(&rows, of.cells);

		if (row == NULL)
			break;
		if (rows.stride > 0) {
			row[0] = numbers[ROWS_STAMP];
			memcpy(row + 1, of.cells, columns * sizeof(double));
		}
		at += (int32_t)((size + 3) & ~3u);
	}
	return JS_NewInt32(context, at);
}

int rows_setup(JSContext *context, JSValueConst global)
{
	return JS_SetPropertyStr(context, global, "readRows", JS_NewCFunction(context, read_rows, "readRows", 7));
}
