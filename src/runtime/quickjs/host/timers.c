/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers with nanosecond deadlines: a binary heap of deadlines that point into a table of slots.
 *
 * They run in order of deadline, equal deadlines in order of registration. A timer that a timer registers waits for the
 * next turn, so no chain of them starves the descriptors.
 */
#include "host.h"

#include <stdlib.h>
#include <time.h>

enum { NO_SLOT = UINT32_MAX };

struct timer {
	JSValue task;
	uint32_t generation; /* tells a reused slot from the one a cancel function was made for */
	uint32_t position; /* in the heap, or the next free slot */
	bool is_waiting;
};

struct deadline {
	int64_t at_ns;
	uint64_t order;
	uint32_t slot;
};

static struct timer *timers;
static uint32_t timer_capacity, timer_free = NO_SLOT;
static struct deadline *heap;
static uint32_t heap_count;
static uint64_t next_order;

int64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * NS_PER_SECOND + time.tv_nsec;
}

static bool is_before(const struct deadline *a, const struct deadline *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->order < b->order;
}

static void heap_place(uint32_t position, struct deadline entry)
{
	heap[position] = entry;
	timers[entry.slot].position = position;
}

static void heap_rise(uint32_t position, struct deadline entry)
{
	while (position > 0 && is_before(&entry, &heap[(position - 1) / 2])) {
		heap_place(position, heap[(position - 1) / 2]);
		position = (position - 1) / 2;
	}
	heap_place(position, entry);
}

static void heap_sink(uint32_t position, struct deadline entry)
{
	for (;;) {
		uint32_t child = 2 * position + 1;

		if (child >= heap_count)
			break;
		if (child + 1 < heap_count && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (!is_before(&heap[child], &entry))
			break;
		heap_place(position, heap[child]);
		position = child;
	}
	heap_place(position, entry);
}

/* Takes a timer out of the heap and hands its task to the caller. */
static JSValue timer_take(uint32_t slot)
{
	struct timer *timer = &timers[slot];
	uint32_t position = timer->position;
	struct deadline last = heap[--heap_count];

	if (position < heap_count) {
		if (position > 0 && is_before(&last, &heap[(position - 1) / 2]))
			heap_rise(position, last);
		else
			heap_sink(position, last);
	}
	timer->is_waiting = false;
	timer->generation++;
	timer->position = timer_free;
	timer_free = slot;
	return timer->task;
}

static bool timers_grow(void)
{
	uint32_t capacity = timer_capacity == 0 ? 16 : 2 * timer_capacity;
	struct timer *more_timers = realloc(timers, capacity * sizeof(*timers));

	if (more_timers == NULL)
		return false;
	timers = more_timers;
	struct deadline *more_heap = realloc(heap, capacity * sizeof(*heap));

	if (more_heap == NULL)
		return false;
	heap = more_heap;
	for (uint32_t slot = timer_capacity; slot < capacity; slot++) {
		timers[slot] = (struct timer){.task = JS_UNDEFINED, .position = timer_free};
		timer_free = slot;
	}
	timer_capacity = capacity;
	return true;
}

static JSValue cancel_timer(JSContext *context, JSValueConst self UNUSED, int count UNUSED, JSValueConst *values UNUSED,
			    int magic UNUSED, JSValueConst *data)
{
	int32_t slot, generation;

	if (JS_ToInt32(context, &slot, data[0]) || JS_ToInt32(context, &generation, data[1]))
		return JS_EXCEPTION;
	if (timers[slot].is_waiting && timers[slot].generation == (uint32_t)generation)
		JS_FreeValue(context, timer_take((uint32_t)slot));
	return JS_UNDEFINED;
}

SCRIPT_FUNCTION(after)
{
	double delay_ms;

	if (JS_ToFloat64(context, &delay_ms, values[0]))
		return JS_EXCEPTION;
	if (!JS_IsFunction(context, values[1]))
		return JS_ThrowTypeError(context, "after: not a function");
	if (!(delay_ms > 0))
		delay_ms = 0;
	if (delay_ms > 1e12) /* thirty years */
		delay_ms = 1e12;
	if (timer_free == NO_SLOT && !timers_grow())
		return JS_ThrowOutOfMemory(context);
	uint32_t slot = timer_free;
	struct timer *timer = &timers[slot];
	JSValueConst data[] = {JS_NewInt32(context, (int32_t)slot), JS_NewInt32(context, (int32_t)timer->generation)};
	JSValue cancel = JS_NewCFunctionData(context, cancel_timer, 0, 0, 2, data);

	if (JS_IsException(cancel))
		return cancel;
	timer_free = timer->position;
	timer->task = JS_DupValue(context, values[1]);
	timer->is_waiting = true;
	int64_t at_ns = now_ns() + (int64_t)(delay_ms * NS_PER_MS);

	heap_rise(heap_count++, (struct deadline){.at_ns = at_ns, .order = next_order++, .slot = slot});
	return cancel;
}

void timers_run(JSContext *context)
{
	int64_t now = now_ns();
	uint64_t first_new = next_order;

	while (!loop_is_stopping() && heap_count > 0 && heap[0].at_ns <= now && heap[0].order < first_new) {
		JSValue task = timer_take(heap[0].slot);

		call_script(context, task, 0, NULL);
		JS_FreeValue(context, task);
	}
}

int64_t timers_left_ns(void)
{
	if (heap_count == 0)
		return -1;
	int64_t left = heap[0].at_ns - now_ns();

	return left < 0 ? 0 : left;
}

void timers_teardown(JSContext *context)
{
	while (heap_count > 0)
		JS_FreeValue(context, timer_take(heap[0].slot));
	free(timers);
	free(heap);
}

static const JSCFunctionListEntry entries[] = {
	JS_CFUNC_DEF("after", 2, after),
};
const struct function_list timer_functions = {entries, COUNT_OF(entries)};
