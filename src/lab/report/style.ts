// SPDX-License-Identifier: Apache-2.0
import {palette} from './charts.ts';

const swatches = palette.map((colour, i) => `.c${i}{background:${colour}}`).join('');

/** The page's own style: no font, picture or script from anywhere else. */
export const style = `
:root{color-scheme:light dark;--ink:#1d2733;--soft:#5a6775;--page:#f6f7f9;--card:#fff;--line:#d9dee4;--fill:#2f9e63}
@media (prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9aa7b4;--page:#12171d;--card:#1a2129;--line:#313b46;--fill:#45c285}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 16px 64px}
h1{font-size:2rem;margin:0 0 8px}h2{font-size:1.15rem;margin:0 0 12px}
.lead{font-size:1.15rem;margin:0}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:20px;margin-top:20px}
figure{margin:0 0 22px}figcaption{font-weight:600;margin-bottom:6px}
.unit{color:var(--soft);font-weight:400}
svg{width:100%;height:auto;display:block}
svg text{fill:var(--ink);font-size:14px}.tick{font-size:12px;fill:var(--soft)!important}
.grid{stroke:var(--line)}.whisker{stroke:var(--ink);stroke-width:1.5;fill:none}
figure svg{max-width:760px}.maps{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(290px,1fr))}
.maps figure{margin:0}.maps .legend{min-height:3em;align-content:start}
.map{border:1px solid var(--line);border-radius:8px}
.node{fill:var(--card);stroke:var(--ink);stroke-width:2}.share{fill:var(--fill)}
.gateway{fill:var(--ink);stroke:var(--card);stroke-width:2}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 0 8px;font-size:.9rem}
.key{display:inline-flex;align-items:center;gap:6px}
.swatch{display:inline-block;width:14px;height:14px;border-radius:3px;flex:none}
${swatches}
dl{margin:0;display:grid;gap:4px 14px;grid-template-columns:minmax(150px,auto) 1fr}
dt{font-weight:600;display:flex;gap:8px;align-items:baseline}dd{margin:0;color:var(--soft)}
@media (max-width:560px){dl{grid-template-columns:1fr}dd{margin-bottom:8px}}
details{margin-top:8px}summary{cursor:pointer;color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:.9rem;margin-top:8px;display:block;overflow-x:auto}
th,td{text-align:right;padding:4px 10px;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child{text-align:left;font-weight:500}
.made{color:var(--soft);font-size:.9rem;margin:14px 0 0}
`;
