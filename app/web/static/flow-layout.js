// From the data of a page to elements of cytoscape, placed by dagre from above to below.
const NAME_FONT = '600 14px system-ui, sans-serif';
const SMALL_FONT = '12px system-ui, sans-serif';
const LINE = 18;
const pen = document.createElement('canvas').getContext('2d');

function widthOf(text, font) {
  pen.font = font;
  return pen.measureText(text).width;
}

const counted = (node) => [node.visits ? `→ ${node.visits}` : '', node.lost ? `✕ ${node.lost}` : ''].filter(Boolean).join('   ');

function drawn(node) {
  const lines = [node.entry && `▶ ${node.entry}`, node.name, node.kind, counted(node)].filter(Boolean);
  const width = Math.max(...lines.map((line) => widthOf(line, line === node.name ? NAME_FONT : SMALL_FONT))) * 1.15 + 28;
  const classes = [node.tone, node.entry && 'begins', node.outside && 'outside', node.ends && 'ends'].filter(Boolean);
  return {
    data: { ...node, label: lines.join('\n'), width: Math.max(90, width), height: lines.length * LINE + 14 },
    classes: classes.join(' '),
  };
}

const labelled = (edge) => (edge.count ? `${edge.label}  ${edge.count}` : edge.label);

export function layOut(data, { graphlib, Graph = graphlib.Graph, layout }) {
  const graph = new Graph({ multigraph: true }).setGraph({ rankdir: 'TB', nodesep: 26, edgesep: 14, ranksep: 38 });
  graph.setDefaultEdgeLabel(() => ({}));
  const nodes = data.nodes.map(drawn);
  for (const { data: node } of nodes) graph.setNode(node.id, { width: node.width, height: node.height });
  data.edges.forEach((edge, number) => {
    const label = { width: widthOf(labelled(edge), SMALL_FONT) + 10, height: LINE, labelpos: 'c' };
    graph.setEdge(edge.source, edge.target, label, String(number));
  });
  layout(graph);
  for (const node of nodes) {
    const { x, y } = graph.node(node.data.id);
    node.position = { x, y };
  }
  const most = Math.max(1, ...data.edges.map((edge) => edge.count));
  const edges = data.edges.map((edge, number) => {
    const { points } = graph.edge(edge.source, edge.target, String(number));
    const ends = [graph.node(edge.source), graph.node(edge.target)];
    return {
      data: { ...edge, id: `way-${number}`, label: labelled(edge), weight: 1.4 + 6 * (edge.count / most), ...bends(ends, points) },
      classes: edge.source === edge.target ? '' : 'placed',
    };
  });
  const known = new Set(data.nodes.map((node) => node.id));
  const rules = data.rules.filter((edge) => known.has(edge.target)).map((edge, number) => ({
    data: { ...edge, id: `rule-${number}`, label: labelled(edge), weight: 1.4 }, classes: 'rule',
  }));
  return { nodes, edges: [...edges, ...rules] };
}

// Dagre gives points, cytoscape wants each as a share of the straight way and a distance from it.
function bends([from, to], points) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const inner = points.slice(1, -1);
  const shares = inner.map(({ x, y }) => ((x - from.x) * dx + (y - from.y) * dy) / length ** 2);
  const distances = inner.map(({ x, y }) => ((y - from.y) * dx - (x - from.x) * dy) / length);
  return { shares: shares.join(' '), distances: distances.join(' ') };
}
