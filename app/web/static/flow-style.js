// How the graph looks: ink on paper; colours only where something is wrong or goes well.
const INK = '#1f2a27';
const SOFT = '#55625d';
const PAPER = '#fffdf8';
const LINE = '#7b857f';

export const STYLE = [
  {
    selector: 'node',
    style: {
      shape: 'round-rectangle', width: 'data(width)', height: 'data(height)', label: 'data(label)',
      'text-wrap': 'wrap', 'text-max-width': 'data(width)', 'text-valign': 'center', 'text-halign': 'center', 'line-height': 1.35,
      'font-family': 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif', 'font-size': 13, color: INK,
      'background-color': PAPER, 'border-width': 1.4, 'border-color': '#8d978f',
    },
  },
  { selector: 'node.ends', style: { shape: 'cut-rectangle' } },
  { selector: 'node.outside', style: { 'border-style': 'dashed', 'background-color': '#f4f1ea' } },
  { selector: 'node.begins', style: { 'border-width': 3, 'border-color': INK } },
  { selector: 'node.soon', style: { 'background-color': '#fbeed3', 'border-color': '#8a5300' } },
  { selector: 'node.late', style: { 'background-color': '#fbe6e3', 'border-color': '#b3261e', 'border-width': 3 } },
  { selector: 'node.aside', style: { opacity: 0.2 } },
  { selector: 'node:selected', style: { 'border-color': '#2f5f8a', 'border-width': 4, 'background-color': '#e4edf5' } },
  { selector: 'node:active', style: { 'overlay-opacity': 0.08 } },
  {
    selector: 'edge',
    style: {
      width: 'data(weight)', 'line-color': LINE, 'target-arrow-color': LINE, 'target-arrow-shape': 'triangle', 'arrow-scale': 0.9,
      'curve-style': 'bezier', label: 'data(label)', 'font-size': 12, color: SOFT, 'text-background-color': '#fffdf8', 'text-background-opacity': 1,
      'text-background-padding': 2, 'text-background-shape': 'round-rectangle', 'font-family': 'system-ui, "PingFang SC", "Microsoft YaHei", sans-serif',
    },
  },
  {
    selector: 'edge.placed',
    style: {
      'curve-style': 'round-segments', 'segment-weights': 'data(shares)', 'segment-distances': 'data(distances)', 'segment-radii': 10,
      'edge-distances': 'endpoints', 'source-endpoint': 'data(leaving)', 'target-endpoint': 'data(arriving)',
    },
  },
  { selector: 'edge.rule', style: { 'line-style': 'dashed', 'curve-style': 'bezier', display: 'none' } },
  { selector: 'edge.rule.shown', style: { display: 'element' } },
];
