/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for a cheaper assignment of channels, which src/engine/channel/search.ts also has as a script, where one
 * plan costs 3.5 thousand million instructions. Every number here is what it is there: the same seed gives the same
 * assignment (test/conformance/search.ts). The global
 *
 *   annealChannels(sizes, ends, conflictStarts, conflicts, weights, shares, foreign, classOf, capacity, coSite, free,
 *                  thresholds, best)
 *
 * answers the gain and leaves in `best`, which holds the start, what was found. The arrays are those of
 * src/engine/channel/problem.ts, lists of lists one after another.
 */
#include "words.h"

enum { NODES, CHANNELS, LINKS, MOVES, HEAT, SEED, SIZES };
enum { ENDS = 1, CONFLICT_STARTS, CONFLICTS, WEIGHTS, SHARES, FOREIGN, CLASS_OF, CAPACITY, CO_SITE, FREE, THRESHOLDS, BEST, ARRAYS };
/* As in src/engine/channel/problem.ts and search.ts. */
enum { CLASSES = 5, NO_CLASS = 255, FORBIDDEN = 1 << 28, SHARE_ONE = 16, THRESHOLD_COUNT = 256 };
enum { SPREAD_BITS = 4, LARGEST_MOVE = 12, COLD = 8 };
enum { MOST_NODES = 4096, MOST_CHANNELS = 256, MOST_LINKS = 8192, MOST_WEIGHT = 256, MOST_MOVES = 1 << 24 };

struct search {
	int32_t nodes, channels, links;
	const int32_t *ends, *conflict_starts, *conflicts, *weights, *shares, *foreign, *co_site, *thresholds;
	const uint8_t *class_of, *capacity, *free;
	bool has_co_site;
	/* Those of the script, but `around` by channel, then link; and the links at each node. */
	int32_t *assignment, *around, *used, *in_use, *moved, *links_at, *at_starts, *free_links;
	uint8_t *marked, *seen;
	/* A bit for each pair of links. */
	uint32_t *meets;
	int32_t free_count, moved_count;
	uint32_t state;
};

/* As src/core/random.ts, before its division by 2^32. */
static uint32_t draw(struct search *of)
{
	uint32_t mixed = of->state += 0x9e3779b9u;

	mixed = (mixed ^ mixed >> 16) * 0x21f0aaadu;
	mixed = (mixed ^ mixed >> 15) * 0x735a2d97u;
	return mixed ^ mixed >> 15;
}

static int32_t draw_below(struct search *of, int32_t below)
{
	return (int32_t)((uint64_t)draw(of) * (uint32_t)below >> 32);
}

static bool meet(const struct search *of, int32_t e, int32_t f)
{
	uint32_t bit = (uint32_t)e * (uint32_t)of->links + (uint32_t)f;

	return (of->meets[bit / 32] >> bit % 32 & 1) != 0;
}

static void count_class(struct search *of, int32_t node, int kind, int32_t change)
{
	if (kind != NO_CLASS)
		of->in_use[node * CLASSES + kind] += change;
}

static void fill_tables(struct search *of)
{
	int32_t channels = of->channels, at = 0;

	for (int32_t node = 0; node < of->nodes; node++)
		of->at_starts[node + 1] = 0;
	for (int32_t i = 0; i < 2 * of->links; i++)
		of->at_starts[of->ends[i] + 1]++;
	for (int32_t node = 0; node < of->nodes; node++)
		of->at_starts[node + 1] += of->at_starts[node];
	for (int32_t i = 0; i < 2 * of->links; i++)
		of->links_at[of->at_starts[of->ends[i]]++] = i / 2;
	/* Each start has become its successor's. */
	for (int32_t node = of->nodes; node > 0; node--)
		of->at_starts[node] = of->at_starts[node - 1];
	of->at_starts[0] = 0;
	for (int32_t i = 0; i < channels * channels; i++)
		of->has_co_site |= of->co_site[i] > 0;
	for (int32_t e = 0; e < of->links; e++) {
		int32_t own = of->assignment[e];
		const int32_t *shares = of->shares + own * channels;

		if (of->free[e] == 1)
			of->free_links[of->free_count++] = e;
		for (at = of->conflict_starts[e]; at < of->conflict_starts[e + 1]; at++) {
			int32_t f = of->conflicts[at];
			uint32_t bit = (uint32_t)e * (uint32_t)of->links + (uint32_t)f;

			of->meets[bit / 32] |= 1u << bit % 32;
			for (int32_t c = 0; c < channels; c++)
				of->around[c * of->links + f] += of->weights[e] * shares[c];
		}
		for (int end = 0; end < 2; end++) {
			int32_t node = of->ends[2 * e + end];

			if (of->used[node * channels + own]++ == 0)
				count_class(of, node, of->class_of[node * channels + own], 1);
		}
	}
}

/* Whether a node has a radio for one more channel; `must_all` where that is the one it leaves. */
static bool has_radio(const struct search *of, int32_t node, int32_t from, int32_t to, bool *must_all)
{
	const uint8_t *class_of = of->class_of + node * of->channels;
	int kind = class_of[to];

	if (kind == NO_CLASS)
		return false;
	if (of->in_use[node * CLASSES + kind] < of->capacity[node * CLASSES + kind])
		return true;
	*must_all = true;
	return class_of[from] == kind;
}

/* Gathers the links that go along with the first; false where one that must go may not. */
static bool gather(struct search *of, int32_t from, int32_t to, int32_t lot)
{
	int32_t channels = of->channels, *moved = of->moved;

	for (int32_t head = 0; head < of->moved_count; head++) {
		int32_t e = moved[head];

		if (of->foreign[e * channels + to] >= FORBIDDEN)
			return false;
		for (int end = 0; end < 2; end++) {
			int32_t node = of->ends[2 * e + end];
			bool must_all = false;

			if (of->used[node * channels + to] == 0 && !has_radio(of, node, from, to, &must_all))
				return false;
			if (of->used[node * channels + from] < 2 || (!must_all && (head > 0 || lot >> SPREAD_BITS != end)))
				continue;
			for (int32_t at = of->at_starts[node]; at < of->at_starts[node + 1]; at++) {
				int32_t other = of->links_at[at];

				if (of->assignment[other] != from || of->marked[other])
					continue;
				if (of->free[other] == 0) {
					if (must_all)
						return false;
					continue;
				}
				of->marked[other] = 1;
				moved[of->moved_count++] = other;
			}
			if (of->moved_count > LARGEST_MOVE)
				return false;
		}
	}
	return true;
}

static bool collect(struct search *of, int32_t link, int32_t from, int32_t to, int32_t lot)
{
	of->moved[0] = link;
	of->marked[link] = 1;
	of->moved_count = 1;
	bool is_possible = gather(of, from, to, lot);

	for (int32_t i = 0; i < of->moved_count; i++)
		of->marked[of->moved[i]] = 0;
	return is_possible;
}

static int64_t co_site_change(const struct search *of, int32_t node, int32_t from, int32_t to)
{
	const int32_t *used = of->used + node * of->channels, *cost = of->co_site;
	int32_t channels = of->channels, going = 0;

	for (int32_t i = 0; i < of->moved_count; i++)
		going += of->ends[2 * of->moved[i]] == node || of->ends[2 * of->moved[i] + 1] == node;
	bool is_left = used[from] == going, is_taken = used[to] == 0;
	int64_t change = 0;

	for (int32_t other = 0; other < channels; other++) {
		if (used[other] == 0 || other == from || other == to)
			continue;
		change += is_taken ? cost[to * channels + other] : 0;
		change -= is_left ? cost[from * channels + other] : 0;
	}
	if (is_taken != is_left)
		change += is_taken ? cost[to * channels + from] : -cost[to * channels + from];
	return change;
}

/* What moving the gathered links would change. */
static int64_t change_by(struct search *of, int32_t from, int32_t to)
{
	int32_t channels = of->channels;
	int64_t change = 0, together = of->shares[to * channels + to] + of->shares[from * channels + from] -
				       2 * of->shares[from * channels + to];

	for (int32_t i = 0; i < of->moved_count; i++) {
		int32_t e = of->moved[i], weight = of->weights[e], row = e * channels;

		change += (int64_t)weight * (of->around[to * of->links + e] - of->around[from * of->links + e]) +
			  of->foreign[row + to] - of->foreign[row + from];
		for (int32_t j = 0; j < i; j++)
			if (meet(of, e, of->moved[j]))
				change += weight * of->weights[of->moved[j]] * together;
	}
	if (!of->has_co_site)
		return change;
	for (int32_t i = 0; i < 2 * of->moved_count; i++) {
		int32_t node = of->ends[2 * of->moved[i / 2] + i % 2];

		if (of->seen[node])
			continue;
		of->seen[node] = 1;
		change += co_site_change(of, node, from, to);
	}
	for (int32_t i = 0; i < 2 * of->moved_count; i++)
		of->seen[of->ends[2 * of->moved[i / 2] + i % 2]] = 0;
	return change;
}

static void leave(struct search *of, int32_t node, int32_t from, int32_t to)
{
	int32_t *used = of->used + node * of->channels;
	const uint8_t *class_of = of->class_of + node * of->channels;

	if (used[to]++ == 0)
		count_class(of, node, class_of[to], 1);
	if (--used[from] == 0)
		count_class(of, node, class_of[from], -1);
}

/* Most channels overlap none but themselves: then two columns change, and the links that disturb this one see no other. */
static void recolour(struct search *of, int32_t e, int32_t from, int32_t to)
{
	int32_t channels = of->channels, weight = of->weights[e];
	const int32_t *first = of->conflicts + of->conflict_starts[e], *end = of->conflicts + of->conflict_starts[e + 1];

	of->assignment[e] = to;
	leave(of, of->ends[2 * e], from, to);
	leave(of, of->ends[2 * e + 1], from, to);
	for (int32_t c = 0; c < channels; c++) {
		int32_t change = weight * (of->shares[to * channels + c] - of->shares[from * channels + c]);
		int32_t *around = of->around + c * of->links;

		if (change == 0)
			continue;
		for (const int32_t *other = first; other < end; other++)
			around[*other] += change;
	}
}

/* Where a link could go: mostly to where another link of one of its ends is. */
static int32_t next_channel(struct search *of, int32_t link, int32_t from, int32_t lot)
{
	if ((lot & 3) != 0) {
		const int32_t *starts = of->at_starts + of->ends[2 * link + (lot >> 2 & 1)];
		int32_t to = of->assignment[of->links_at[starts[0] + draw_below(of, starts[1] - starts[0])]];

		if (to != from)
			return to;
	}
	return (from + 1 + draw_below(of, of->channels - 1)) % of->channels;
}

static int64_t anneal(struct search *of, int32_t moves, int32_t heat, int32_t *best)
{
	int64_t sum = 0, pairs = 0, lost = 0, gain = 0;

	for (int32_t i = 0; i < of->free_count; i++) {
		int32_t e = of->free_links[i];

		for (int32_t at = of->conflict_starts[e]; at < of->conflict_starts[e + 1]; at++, pairs++)
			sum += SHARE_ONE * of->weights[e] * of->weights[of->conflicts[at]];
	}
	double coldest = (double)sum / (double)(pairs < 1 ? 1 : pairs) / COLD + 1;
	double hottest = (double)sum / of->free_count * heat / 16, temperature = 0;

	hottest = hottest < coldest ? coldest : hottest;
	for (int32_t move = 0; move < moves; move++) {
		if ((move & 15) == 0) {
			double left = (double)(moves - move) / moves;

			temperature = hottest * (left * left);
			temperature = temperature < coldest ? coldest : temperature;
		}
		int32_t link = of->free_links[draw_below(of, of->free_count)], from = of->assignment[link];
		int32_t lot = (int32_t)(draw(of) >> 16), to = next_channel(of, link, from, lot >> 8);

		if (!collect(of, link, from, to, lot >> 8))
			continue;
		int64_t change = change_by(of, from, to);

		if (change > 0 && (double)(change * 256) >= of->thresholds[lot & 255] * temperature)
			continue;
		for (int32_t i = 0; i < of->moved_count; i++)
			recolour(of, of->moved[i], from, to);
		lost += change;
		if (-lost <= gain)
			continue;
		gain = -lost;
		memcpy(best, of->assignment, (size_t)of->links * sizeof(int32_t));
	}
	return gain;
}

static bool is_below(const int32_t *numbers, size_t count, int32_t limit)
{
	for (size_t i = 0; i < count; i++)
		if (numbers[i] < 0 || numbers[i] >= limit)
			return false;
	return true;
}

/* Whether every number that is used as a place is one. */
static bool is_sound(const struct search *of, const size_t *counts, const int32_t *best)
{
	size_t nodes = (size_t)of->nodes, channels = (size_t)of->channels, links = (size_t)of->links;

	if (counts[ENDS] != 2 * links || counts[CONFLICT_STARTS] != links + 1 || counts[WEIGHTS] != links ||
	    counts[SHARES] != channels * channels || counts[CO_SITE] != channels * channels || counts[FOREIGN] != links * channels ||
	    counts[CLASS_OF] != nodes * channels || counts[CAPACITY] != nodes * CLASSES || counts[FREE] != links ||
	    counts[THRESHOLDS] != THRESHOLD_COUNT || counts[BEST] != links)
		return false;
	if (!is_below(of->ends, 2 * links, of->nodes) || !is_below(of->conflicts, counts[CONFLICTS], of->links) ||
	    !is_below(of->weights, links, MOST_WEIGHT) || !is_below(of->shares, channels * channels, SHARE_ONE + 1) ||
	    !is_below(of->foreign, links * channels, FORBIDDEN + 1) || !is_below(of->co_site, channels * channels, FORBIDDEN) ||
	    !is_below(best, links, of->channels))
		return false;
	for (size_t i = 0; i < links; i++)
		if (of->conflict_starts[i] < 0 || of->conflict_starts[i] > of->conflict_starts[i + 1] ||
		    of->ends[2 * i] == of->ends[2 * i + 1])
			return false;
	if (of->conflict_starts[links] < 0 || (size_t)of->conflict_starts[links] > counts[CONFLICTS])
		return false;
	for (size_t i = 0; i < nodes * channels; i++)
		if (of->class_of[i] >= CLASSES && of->class_of[i] != NO_CLASS)
			return false;
	return true;
}

static bool has_numbers(const int32_t *sizes)
{
	return sizes[NODES] > 0 && sizes[NODES] <= MOST_NODES && sizes[CHANNELS] > 0 && sizes[CHANNELS] <= MOST_CHANNELS &&
	       sizes[LINKS] > 0 && sizes[LINKS] <= MOST_LINKS && sizes[MOVES] >= 0 && sizes[MOVES] <= MOST_MOVES &&
	       sizes[HEAT] >= 0 && sizes[HEAT] <= SHARE_ONE * SHARE_ONE;
}

/* Everything the search writes to, in one piece. NULL with the script's exception pending. */
static void *allocate(JSContext *context, struct search *of)
{
	size_t nodes = (size_t)of->nodes, channels = (size_t)of->channels, links = (size_t)of->links;
	size_t words = links * channels + nodes * channels + nodes * CLASSES + 5 * links + nodes + 1 + links * links / 32 + 1;
	int32_t *memory = js_mallocz(context, words * sizeof(int32_t) + links + nodes);

	if (memory == NULL)
		return NULL;
	of->around = memory;
	of->used = of->around + links * channels;
	of->in_use = of->used + nodes * channels;
	of->assignment = of->in_use + nodes * CLASSES;
	of->moved = of->assignment + links;
	of->free_links = of->moved + links;
	of->links_at = of->free_links + links;
	of->at_starts = of->links_at + 2 * links;
	of->meets = (uint32_t *)(of->at_starts + nodes + 1);
	of->marked = (uint8_t *)(of->meets + links * links / 32 + 1);
	of->seen = of->marked + links;
	return memory;
}

SCRIPT_FUNCTION(anneal_channels)
{
	static const uint8_t element_bytes[ARRAYS] = {4, 4, 4, 4, 4, 4, 4, 1, 1, 4, 1, 4, 4};
	void *arrays[ARRAYS];
	size_t counts[ARRAYS];

	for (int i = 0; i < ARRAYS; i++) {
		arrays[i] = array_elements(context, values[i], element_bytes[i], &counts[i]);
		if (arrays[i] == NULL)
			return JS_EXCEPTION;
	}
	const int32_t *sizes = arrays[0];

	if (counts[0] != SIZES || !has_numbers(sizes))
		return JS_ThrowRangeError(context, "no mesh of such a size");
	struct search of = {
		.nodes = sizes[NODES],
		.channels = sizes[CHANNELS],
		.links = sizes[LINKS],
		.ends = arrays[ENDS],
		.conflict_starts = arrays[CONFLICT_STARTS],
		.conflicts = arrays[CONFLICTS],
		.weights = arrays[WEIGHTS],
		.shares = arrays[SHARES],
		.foreign = arrays[FOREIGN],
		.class_of = arrays[CLASS_OF],
		.capacity = arrays[CAPACITY],
		.co_site = arrays[CO_SITE],
		.free = arrays[FREE],
		.thresholds = arrays[THRESHOLDS],
		.state = (uint32_t)sizes[SEED],
	};
	int32_t *best = arrays[BEST];

	if (!is_sound(&of, counts, best))
		return JS_ThrowRangeError(context, "the mesh's tables do not fit together");
	void *memory = allocate(context, &of);

	if (memory == NULL)
		return JS_EXCEPTION;
	memcpy(of.assignment, best, counts[BEST] * sizeof(int32_t));
	fill_tables(&of);
	int64_t gain = of.free_count > 0 && of.channels > 1 ? anneal(&of, sizes[MOVES], sizes[HEAT], best) : 0;

	js_free(context, memory);
	return JS_NewInt64(context, gain);
}

int search_setup(JSContext *context, JSValueConst global)
{
	return JS_SetPropertyStr(context, global, "annealChannels", JS_NewCFunction(context, anneal_channels, "annealChannels", ARRAYS));
}
