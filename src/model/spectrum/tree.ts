// SPDX-License-Identifier: Apache-2.0
import type {Tree} from './classify.ts';

// Grown by `npm run spectral -- train` from 300 windows a source of src/lab/spectrum; a test grows it again.

export const narrowTree: Tree = [
	0,
	19, // narrowPermille
	[
		5,
		833, // peakPermille
		[0, 998], // none
		[7, 471], // radar
	],
	[
		6,
		976, // mainsPermille
		[
			3,
			156, // spreadKhz
			[
				0,
				646, // narrowPermille
				[
					7,
					512, // runUs
					[7, 833], // radar
					[8, 1000], // unknown
				],
				[6, 1000], // carrier
			],
			[
				0,
				620, // narrowPermille
				[
					2,
					1719, // widthKhz
					[
						9,
						3, // band
						[
							3,
							4688, // spreadKhz
							[8, 846], // unknown
							[5, 993], // bluetooth
						],
						[
							0,
							116, // narrowPermille
							[7, 1000], // radar
							[8, 971], // unknown
						],
					],
					[
						2,
						2031, // widthKhz
						[4, 997], // zigbee
						[
							2,
							5625, // widthKhz
							[8, 844], // unknown
							[0, 964], // none
						],
					],
				],
				[
					5,
					451, // peakPermille
					[8, 968], // unknown
					[3, 1000], // analogue-video
				],
			],
		],
		[2, 980], // microwave
	],
];

export const wideTree: Tree = [
	1,
	48, // widePermille
	[
		1,
		1, // widePermille
		[0, 1000], // none
		[
			6,
			715, // mainsPermille
			[1, 1000], // wifi
			[0, 983], // none
		],
	],
	[
		1,
		999, // widePermille
		[
			1,
			66, // widePermille
			[
				6,
				924, // mainsPermille
				[1, 1000], // wifi
				[0, 906], // none
			],
			[1, 996], // wifi
		],
		[8, 644], // unknown
	],
];
