/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A medium that can be measured, for mac80211_hwsim.
 *
 * Stock hwsim delivers every frame to every radio on the channel, reports made-up survey values and
 * never retries. With this, each direction of each link has a signal and a loss; frames take air time
 * that radios in range count in their survey; a channel can be busy with traffic of others and has a
 * noise floor per radio; unicast frames are retried as rate control asked, and fail when all tries do.
 *
 * Radios still transmit whenever they like: there is no contention, and the acknowledgement is never
 * lost. Frames collide only after "hidden 1", and then only at a receiver that hears two senders which do
 * not hear each other: what begins while the other's frame is on the air is lost there, what began first
 * arrives. A sender's frames follow each other on the air, its queue being LAB_QUEUE_US long at most, and
 * a try that failed is followed by the mean of 802.11's backoff. A radio's number is its place in the
 * order of creation (phyN).
 *
 * Settings are lines written to .../ieee80211/phyN/hwsim/lab of any radio:
 *   link FROM TO SIGNAL_DBM LOSS_PERMILLE
 *   channel RADIO MHZ BUSY_PERMILLE NOISE_DBM      (RADIO -1: every radio)
 *   hidden 0|1
 */
#ifndef HWSIM_LAB_H
#define HWSIM_LAB_H

#define LAB_RADIOS 64
#define LAB_CONDITIONS 24
#define LAB_SURVEYS 128
#define LAB_NOISE_DBM (-95)
#define LAB_PREAMBLE_US 34	/* DIFS of 802.11 OFDM */
#define LAB_QUEUE_US 20000
#define LAB_BACKOFF_US 68	/* half of CWmin 15, slots of 9 us */
#define LAB_ACK_US 60		/* SIFS and an acknowledgement at 6 Mb/s */

struct lab_link {
	bool set;
	s8 signal_dbm;
	u16 loss_permille;
};

struct lab_condition {
	u16 mhz;
	u16 busy_permille;
	s8 noise_dbm;
};

struct lab_airtime {
	struct ieee80211_channel *channel;
	u64 active_ns, foreign_ns;
	u64 receive_us, transmit_us;
};

/* What one radio has counted; active and foreign time are brought up to date by lab_account(). */
struct hwsim_lab {
	int radio;
	spinlock_t lock;
	struct ieee80211_channel *tuned;
	u64 accounted_ns;
	struct lab_airtime airtime[LAB_SURVEYS];
	u64 heard_until_ns[LAB_RADIOS];	/* by sender: its frames are on the air here until then */
};

/* One unicast frame's tries: what rate control will be told, and whether the last one arrived. */
struct lab_tries {
	bool known;		/* a radio with the destination address exists */
	bool delivered;
	struct ieee80211_tx_rate rates[IEEE80211_TX_MAX_RATES];
};

static bool lab_enabled = true;
module_param_named(lab, lab_enabled, bool, 0444);
MODULE_PARM_DESC(lab, "Signal, loss, air time and retries per link");

static bool lab_hidden;
static struct lab_link lab_links[LAB_RADIOS][LAB_RADIOS];
static struct lab_condition lab_conditions[LAB_RADIOS][LAB_CONDITIONS];

static struct lab_condition lab_condition(int radio, int mhz)
{
	struct lab_condition quiet = { .mhz = mhz, .noise_dbm = LAB_NOISE_DBM };
	int i;

	if (radio < LAB_RADIOS)
		for (i = 0; i < LAB_CONDITIONS; i++)
			if (lab_conditions[radio][i].mhz == mhz)
				return lab_conditions[radio][i];
	return quiet;
}

static struct lab_link lab_link(const struct hwsim_lab *from, const struct hwsim_lab *to, int stock_dbm)
{
	struct lab_link link = { .signal_dbm = stock_dbm };

	if (from->radio < LAB_RADIOS && to->radio < LAB_RADIOS && lab_links[from->radio][to->radio].set)
		link = lab_links[from->radio][to->radio];
	return link;
}

/*
 * Loss of one try. Required SNR: the receiver sensitivities of IEEE 802.11-2020 tables 19-18, 19-23 and
 * 21-25 at 20 MHz (-82 dBm for the lowest rate) plus 86 dB; around it the loss falls from 1 to 0 in 8 dB.
 */
static unsigned int lab_loss_permille(struct ieee80211_hw *hw, enum nl80211_band band,
				      const struct ieee80211_tx_rate *rate, int snr_db, unsigned int link_permille)
{
	static const s8 mcs_db[] = { 4, 7, 9, 12, 16, 20, 21, 22, 27, 29 };
	static const u16 fall_permille[] = { 1000, 970, 850, 600, 350, 150, 50, 15, 5 };
	unsigned int loss = 1000;
	int need_db, above_db;

	if (rate->flags & IEEE80211_TX_RC_MCS) {
		need_db = mcs_db[rate->idx & 7] + (rate->idx >> 3) * 3;
	} else if (rate->flags & IEEE80211_TX_RC_VHT_MCS) {
		need_db = mcs_db[min_t(int, ieee80211_rate_get_vht_mcs(rate), 9)] +
			  (ieee80211_rate_get_vht_nss(rate) - 1) * 3;
	} else {
		int bitrate = hw->wiphy->bands[band]->bitrates[max_t(int, rate->idx, 0)].bitrate;

		need_db = bitrate <= 20 ? 1 : bitrate <= 60 ? 4 : bitrate <= 110 ? 6 : bitrate <= 120 ? 7 :
			  bitrate <= 180 ? 9 : bitrate <= 240 ? 12 : bitrate <= 360 ? 16 : bitrate <= 480 ? 20 : 21;
	}
	if (rate->flags & IEEE80211_TX_RC_40_MHZ_WIDTH)
		need_db += 3;
	if (rate->flags & IEEE80211_TX_RC_80_MHZ_WIDTH)
		need_db += 6;
	above_db = snr_db - need_db + 4;
	if (above_db >= (int)ARRAY_SIZE(fall_permille))
		loss = 0;
	else if (above_db >= 0)
		loss = fall_permille[above_db];
	return loss + link_permille - loss * link_permille / 1000;
}

static bool lab_lost(unsigned int permille)
{
	return get_random_u32_below(1000) < permille;
}

static struct lab_airtime *lab_airtime(struct hwsim_lab *lab, struct ieee80211_channel *channel)
{
	int i;

	for (i = 0; i < LAB_SURVEYS; i++) {
		if (!lab->airtime[i].channel)
			lab->airtime[i].channel = channel;
		if (lab->airtime[i].channel == channel)
			return &lab->airtime[i];
	}
	return NULL;
}

/* Adds the time since the last call to the channel the radio listened on. */
static void lab_account(struct hwsim_lab *lab)
{
	u64 now_ns = ktime_get_boottime_ns();
	u64 elapsed_ns = now_ns - lab->accounted_ns;
	struct lab_airtime *airtime;

	lab->accounted_ns = now_ns;
	airtime = lab->tuned ? lab_airtime(lab, lab->tuned) : NULL;
	if (!airtime)
		return;
	airtime->active_ns += elapsed_ns;
	airtime->foreign_ns += div_u64(elapsed_ns * lab_condition(lab->radio, lab->tuned->center_freq).busy_permille,
				       1000);
}

/* The radio listens on another channel, or (NULL) on none. */
static void lab_tune(struct hwsim_lab *lab, struct ieee80211_channel *channel)
{
	spin_lock_bh(&lab->lock);
	lab_account(lab);
	lab->tuned = channel;
	spin_unlock_bh(&lab->lock);
}

/* Counts a frame on the channel the radio is tuned to; channels are objects of each radio, not shared. */
static void lab_count(struct hwsim_lab *lab, u32 receive_us, u32 transmit_us)
{
	struct lab_airtime *airtime;

	spin_lock_bh(&lab->lock);
	lab_account(lab);
	airtime = lab->tuned ? lab_airtime(lab, lab->tuned) : NULL;
	if (airtime) {
		airtime->receive_us += receive_us;
		airtime->transmit_us += transmit_us;
	}
	spin_unlock_bh(&lab->lock);
}

/* Time on air of a frame with all its tries. */
static u32 lab_duration_us(struct ieee80211_hw *hw, struct ieee80211_channel *channel,
			   const struct ieee80211_tx_rate *rates, int length, bool acknowledged)
{
	struct ieee80211_tx_info one = { .band = channel->band };
	u32 total_us = 0;
	int i;

	for (i = 1; i < IEEE80211_TX_MAX_RATES; i++)
		one.status.rates[i].idx = -1;
	for (i = 0; i < IEEE80211_TX_MAX_RATES && rates[i].idx >= 0 && rates[i].count; i++) {
		one.status.rates[0] = rates[i];
		one.status.rates[0].count = 1;
		total_us += rates[i].count * (ieee80211_calc_tx_airtime(hw, &one, length) + LAB_PREAMBLE_US +
					      (acknowledged ? LAB_ACK_US : 0));
	}
	return total_us;
}

static bool lab_hears(int from, int to)
{
	return !lab_links[from][to].set || lab_links[from][to].signal_dbm >= LAB_NOISE_DBM;
}

/* Until when frames of those whom a sender does not hear are on the air at a receiver. */
static u64 lab_disturbed_until_ns(const struct hwsim_lab *from, struct hwsim_lab *to)
{
	u64 until_ns = 0;
	int other;

	if (!lab_hidden || from->radio >= LAB_RADIOS)
		return 0;
	spin_lock_bh(&to->lock);
	for (other = 0; other < LAB_RADIOS; other++)
		if (to->heard_until_ns[other] > until_ns && other != from->radio && other != to->radio &&
		    !lab_hears(other, from->radio))
			until_ns = to->heard_until_ns[other];
	spin_unlock_bh(&to->lock);
	return until_ns;
}

/* When a sender's next frame begins at a receiver: after its last one. */
static u64 lab_begin_ns(const struct hwsim_lab *from, const struct hwsim_lab *to)
{
	u64 now_ns = ktime_get_boottime_ns();

	return from->radio < LAB_RADIOS ? max(now_ns, to->heard_until_ns[from->radio]) : now_ns;
}

static void lab_on_air(const struct hwsim_lab *from, struct hwsim_lab *to, u32 duration_us)
{
	u64 latest_ns = ktime_get_boottime_ns() + LAB_QUEUE_US * 1000;

	if (!lab_hidden || from->radio >= LAB_RADIOS)
		return;
	spin_lock_bh(&to->lock);
	to->heard_until_ns[from->radio] = min(latest_ns, lab_begin_ns(from, to) + duration_us * 1000ULL);
	spin_unlock_bh(&to->lock);
}

/* Tries a unicast frame as rate control asked, until one try arrives; rates[0] becomes the rate that did. */
static void lab_try(struct hwsim_lab *from, struct hwsim_lab *to, struct ieee80211_hw *hw,
		    struct ieee80211_channel *channel, struct ieee80211_tx_rate *rates, int length, int stock_dbm,
		    struct lab_tries *tries)
{
	struct lab_link link = lab_link(from, to, stock_dbm);
	int snr_db = link.signal_dbm - lab_condition(to->radio, channel->center_freq).noise_dbm;
	u64 disturbed_ns = lab_disturbed_until_ns(from, to), begin_ns = lab_begin_ns(from, to);
	u32 backoff_us = LAB_BACKOFF_US;
	int i, left;

	tries->known = true;
	memcpy(tries->rates, rates, sizeof(tries->rates));
	for (i = 0; i < IEEE80211_TX_MAX_RATES; i++) {
		struct ieee80211_tx_rate *rate = &tries->rates[i];

		if (tries->delivered || rate->idx < 0) {
			rate->idx = -1;
			rate->count = 0;
			continue;
		}
		left = max_t(int, rate->count, 1);
		for (rate->count = 0; left && !tries->delivered; left--) {
			bool disturbed = begin_ns < disturbed_ns;
			struct ieee80211_tx_rate once[IEEE80211_TX_MAX_RATES] = { *rate };

			rate->count++;
			tries->delivered = !disturbed &&
				!lab_lost(lab_loss_permille(hw, channel->band, rate, snr_db, link.loss_permille));
			if (!disturbed_ns)
				continue;
			once[0].count = 1;
			once[1].idx = -1;
			begin_ns += (lab_duration_us(hw, channel, once, length, true) + backoff_us) * 1000ULL;
			backoff_us = min_t(u32, 2 * backoff_us, 64 * LAB_BACKOFF_US);
		}
		if (tries->delivered)
			rates[0] = *rate;
	}
}

/*
 * Whether a frame on the air arrives at a radio, which counts its duration if it is in range.
 * `tries` is NULL unless the frame is addressed to this radio and its tries decide.
 */
static bool lab_receives(struct hwsim_lab *from, struct hwsim_lab *to, struct ieee80211_hw *hw,
			 struct ieee80211_channel *channel, const struct ieee80211_tx_rate *rate, int stock_dbm,
			 u32 duration_us, const struct lab_tries *tries, s8 *signal_dbm)
{
	struct lab_link link = lab_link(from, to, stock_dbm);
	int snr_db = link.signal_dbm - lab_condition(to->radio, channel->center_freq).noise_dbm;
	bool disturbed;

	*signal_dbm = link.signal_dbm;
	if (snr_db < 0)
		return false;
	disturbed = lab_begin_ns(from, to) < lab_disturbed_until_ns(from, to);
	lab_count(to, duration_us, 0);
	lab_on_air(from, to, duration_us);
	if (tries)
		return tries->delivered;
	return !disturbed && !lab_lost(lab_loss_permille(hw, channel->band, rate, snr_db, link.loss_permille));
}

/* One survey entry per channel the radio ever listened on. */
static int lab_survey(struct hwsim_lab *lab, int index, struct survey_info *survey)
{
	struct lab_airtime *airtime;
	int error = -ENOENT;

	if (index < 0 || index >= LAB_SURVEYS)
		return error;
	spin_lock_bh(&lab->lock);
	lab_account(lab);
	airtime = &lab->airtime[index];
	if (airtime->channel) {
		survey->channel = airtime->channel;
		survey->filled = SURVEY_INFO_NOISE_DBM | SURVEY_INFO_TIME | SURVEY_INFO_TIME_BUSY |
				 SURVEY_INFO_TIME_RX | SURVEY_INFO_TIME_TX |
				 (airtime->channel == lab->tuned ? SURVEY_INFO_IN_USE : 0);
		survey->noise = lab_condition(lab->radio, airtime->channel->center_freq).noise_dbm;
		survey->time = div_u64(airtime->active_ns, 1000000);
		survey->time_rx = div_u64(airtime->receive_us, 1000);
		survey->time_tx = div_u64(airtime->transmit_us, 1000);
		survey->time_busy = min_t(u64, survey->time,
					  div_u64(airtime->foreign_ns, 1000000) + survey->time_rx + survey->time_tx);
		error = 0;
	}
	spin_unlock_bh(&lab->lock);
	return error;
}

static int lab_set_link(int from, int to, int signal_dbm, int loss_permille)
{
	if (from < 0 || to < 0 || from >= LAB_RADIOS || to >= LAB_RADIOS ||
	    signal_dbm < -128 || signal_dbm > 0 || loss_permille < 0 || loss_permille > 1000)
		return -EINVAL;
	lab_links[from][to] = (struct lab_link){ true, signal_dbm, loss_permille };
	return 0;
}

static int lab_set_channel(int radio, int mhz, int busy_permille, int noise_dbm)
{
	struct lab_condition condition = { mhz, busy_permille, noise_dbm };
	int i, error;

	if (radio == -1) {
		for (radio = 0; radio < LAB_RADIOS; radio++) {
			error = lab_set_channel(radio, mhz, busy_permille, noise_dbm);
			if (error)
				return error;
		}
		return 0;
	}
	if (radio < 0 || radio >= LAB_RADIOS || mhz <= 0 || mhz > 8000 || busy_permille < 0 ||
	    busy_permille > 1000 || noise_dbm < -128 || noise_dbm > 0)
		return -EINVAL;
	for (i = 0; i < LAB_CONDITIONS; i++) {
		if (lab_conditions[radio][i].mhz && lab_conditions[radio][i].mhz != mhz)
			continue;
		lab_conditions[radio][i] = condition;
		return 0;
	}
	return -ENOSPC;
}

static ssize_t lab_write(struct file *file, const char __user *from_user, size_t length, loff_t *position)
{
	char *text = memdup_user_nul(from_user, length), *rest = text, *line;
	int a, b, c, d, error = 0;

	if (IS_ERR(text))
		return PTR_ERR(text);
	while (!error && (line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		if (sscanf(line, "link %d %d %d %d", &a, &b, &c, &d) == 4)
			error = lab_set_link(a, b, c, d);
		else if (sscanf(line, "channel %d %d %d %d", &a, &b, &c, &d) == 4)
			error = lab_set_channel(a, b, c, d);
		else if (sscanf(line, "hidden %d", &a) == 1)
			lab_hidden = a;
		else
			error = -EINVAL;
	}
	kfree(text);
	return error ? error : length;
}

static const struct file_operations lab_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = lab_write,
};

static void lab_init(struct hwsim_lab *lab, int radio)
{
	lab->radio = radio;
	spin_lock_init(&lab->lock);
	lab->accounted_ns = ktime_get_boottime_ns();
}

#endif
