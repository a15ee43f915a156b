// SPDX-License-Identifier: Apache-2.0
import type {MeshRadios} from '../../source/mesh-radios.ts';
import type {NearStations} from '../../source/peer/near-stations.ts';
import type {PeerInterface} from '../../source/peer/peers.ts';
import type {PartContext} from '../optional.ts';
import type {MeshRadio} from './channels.ts';

/** Tells neighbours from those whom the kernel forwards to us; what does it is read into memory only where a kernel forwards. */
export class Near {
	readonly #context: PartContext;
	#stations: NearStations | undefined;
	#state: 'unused' | 'loading' | 'loaded' | 'missing' | 'stopped' = 'unused';
	#interfaces: ReadonlySet<number> = new Set();

	constructor(context: PartContext) {
		this.#context = context;
	}

	/** Where other routers are heard, with the engine's numbers of the radios. */
	interfacesOf({interfaces, forwarding}: MeshRadios, radios: readonly MeshRadio[]): readonly PeerInterface[] {
		this.#use(forwarding);
		return interfaces.flatMap(({interfaceIndex: index, name = '', wiphy, address}) => {
			const radio = radios.findIndex(each => each.wiphy === wiphy);
			if (index === undefined) return [];
			const isNear = forwarding.has(index) ? (from: string) => this.#has(index, from) : undefined;
			return [{index, name, radio, mhz: radios[radio]?.live.mhz ?? 0, address, isNear}];
		});
	}

	stop(): void {
		this.#state = 'stopped';
		this.#stations?.stop();
	}

	#use(interfaces: ReadonlySet<number>): void {
		this.#interfaces = interfaces;
		this.#stations?.use(interfaces);
		if (this.#state === 'unused' && interfaces.size > 0) void this.#load();
	}

	/** Without the part that knows, whoever is heard is near. */
	#has(interfaceIndex: number, linkLocal: string): boolean {
		return this.#stations?.has(interfaceIndex, linkLocal) ?? this.#state === 'missing';
	}

	async #load(): Promise<void> {
		const {runtime, observe, log} = this.#context;
		this.#state = 'loading';
		try {
			const {NearStations} = await import('../../source/peer/near-stations.ts');
			if ((this.#state as string) === 'stopped') return;
			this.#stations = new NearStations(runtime, observe);
			this.#stations.use(this.#interfaces);
			this.#stations.start();
			this.#state = 'loaded';
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			this.#state = 'missing';
			log.write(
				'warning',
				`the kernel forwards frames of the mesh by itself (mesh_fwding 1), and distant routers look like neighbours: ${error.message}`,
			);
		}
	}
}
