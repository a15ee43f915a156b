// SPDX-License-Identifier: Apache-2.0
import {DecodeError, PortError} from '../../core/errors.ts';
import {decodeUtf8, encodeUtf8} from '../../core/text.ts';
import {type Configuration, parsePosition} from '../../model/configuration.ts';
import {accuracyOnGrid, snapToGrid} from '../../model/grid.ts';
import type {Observe, PositionObservation} from '../../model/observation.ts';
import type {Runtime, Stream, StreamAddress} from '../../port/port.ts';
import type {Fix} from '../../wire/position/fix.ts';
import {decodeGpsd, GPSD_LINE_LIMIT, GPSD_WATCH} from '../../wire/position/gpsd.ts';
import {decodeSentence, SENTENCE_LIMIT} from '../../wire/position/nmea.ts';
import {libremeshPlace} from './libremesh.ts';

/** Where positions come from: the owner said so, gpsd, or a receiver's own line. */
export type PositionSource =
	| {readonly kind: 'configured'; readonly fix: Fix}
	| {readonly kind: 'gpsd'; readonly host: string; readonly port: number}
	| {readonly kind: 'nmea'; readonly path: string; readonly baud: number};

/**
 * The source of places that the owner has set.
 *
 * Errors: PortError 'not-found' where LibreMesh was told no place, 'invalid' for a text that names none.
 */
export function openPosition(
	runtime: Runtime,
	{position, positionGridM}: Pick<Configuration, 'position' | 'positionGridM'>,
	observe: Observe,
): Position {
	const option = parsePosition(position);
	if (option === undefined) throw new PortError('invalid', 'that is no place');
	if (option.kind === 'libremesh')
		return new Position(runtime, observe, {kind: 'configured', fix: libremeshPlace(runtime.files)}, positionGridM);
	if (option.kind !== 'configured') return new Position(runtime, observe, option, positionGridM);
	const {latitudeDegrees, longitudeDegrees} = option;
	const fix = {latitudeDegrees, longitudeDegrees};
	return new Position(runtime, observe, {kind: 'configured', fix}, positionGridM);
}

const RETRY_MS = 15_000;
/** A receiver that lost the sky: its last place is told with its age this long. */
const FORGET_MS = 600_000;
/** Receivers that say neither error nor dilution are taken for this good. */
const UNKNOWN_ACCURACY_M = 15;

/** The router's place, snapped to the owner's grid before anything else of the agent sees it. */
export class Position {
	readonly #runtime: Runtime;
	readonly #observe: Observe;
	readonly #source: PositionSource;
	readonly #gridM: number;
	#stream: Stream | undefined;
	#cancelRetry = (): void => {};
	#stopped = false;
	#line = '';
	#fix: Fix | undefined;
	#accuracyM: number | undefined;
	#fixAtMs = 0;

	constructor(runtime: Runtime, observe: Observe, source: PositionSource, gridM: number) {
		this.#runtime = runtime;
		this.#observe = observe;
		this.#source = source;
		this.#gridM = gridM;
	}

	start(): void {
		this.#stopped = false;
		const source = this.#source;
		if (source.kind === 'configured') this.#fix = source.fix;
		else this.#connect(addressOf(source));
	}

	stop(): void {
		this.#stopped = true;
		this.#cancelRetry();
		this.#stream?.close();
		this.#stream = undefined;
	}

	/** Observes the last place that is known. */
	poll(done: () => void): void {
		const {kind} = this.#source;
		const ageMs = kind === 'configured' ? 0 : this.#runtime.clock.nowMs() - this.#fixAtMs;
		if (this.#fix !== undefined && ageMs <= FORGET_MS)
			this.#observe(observationOf(this.#fix, this.#accuracyM, this.#gridM, ageMs, kind));
		done();
	}

	#connect(address: StreamAddress): void {
		this.#line = '';
		this.#stream = this.#runtime.stream(address, {
			open: () => {
				if (this.#source.kind === 'gpsd') this.#stream?.write(encodeUtf8(GPSD_WATCH));
			},
			data: bytes => this.#receive(bytes),
			close: error => this.#closed(address, error),
		});
	}

	#closed(address: StreamAddress, error: PortError | undefined): void {
		this.#stream = undefined;
		if (this.#stopped) return;
		this.#fail(error?.code ?? 'reset', error?.message ?? 'closed');
		this.#cancelRetry = this.#runtime.clock.after(RETRY_MS, () => this.#connect(address));
	}

	#receive(bytes: Uint8Array): void {
		const lines = (this.#line + decodeUtf8(bytes)).split('\n');
		this.#line = lines.pop() ?? '';
		for (const line of lines) if (line.trim() !== '') this.#take(line.trim());
		const limit = this.#source.kind === 'gpsd' ? GPSD_LINE_LIMIT : SENTENCE_LIMIT;
		if (this.#line.length <= limit) return;
		this.#line = '';
		this.#fail('limit', 'a line without an end');
	}

	#take(line: string): void {
		try {
			if (this.#source.kind === 'gpsd') return this.#found(decodeGpsd(line));
			const {fix, accuracyM} = decodeSentence(line);
			if (accuracyM !== undefined) this.#accuracyM = accuracyM;
			this.#found(fix);
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			this.#fail(error.code, error.path);
		}
	}

	#found(fix: Fix | undefined): void {
		if (fix === undefined) return;
		this.#fix = fix;
		this.#fixAtMs = this.#runtime.clock.nowMs();
	}

	#fail(code: DecodeError['code'] | PortError['code'], detail: string): void {
		this.#observe({kind: 'failure', source: 'position', code, detail});
	}
}

function addressOf(source: Exclude<PositionSource, {kind: 'configured'}>): StreamAddress {
	return source.kind === 'gpsd'
		? {kind: 'tcp', host: source.host, port: source.port}
		: {kind: 'device', path: source.path, baud: source.baud};
}

function observationOf(
	fix: Fix,
	statedAccuracyM: number | undefined,
	gridM: number,
	ageMs: number,
	source: PositionSource['kind'],
): PositionObservation {
	const {altitudeM} = fix;
	const measuredM = source === 'configured' ? 0 : (statedAccuracyM ?? fix.accuracyM ?? UNKNOWN_ACCURACY_M);
	return {
		kind: 'position',
		...snapToGrid(fix, gridM),
		...(altitudeM === undefined ? {} : {altitudeM}),
		accuracyM: accuracyOnGrid(measuredM, gridM),
		ageS: Math.round(ageMs / 1000),
		source,
	};
}
