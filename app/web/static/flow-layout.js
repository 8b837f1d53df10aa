// From the data of a page to elements of cytoscape, placed by dagre from above to below.
const NAME_FONT = '600 14px system-ui, sans-serif';
const SMALL_FONT = '12px system-ui, sans-serif';
const LINE = 18;
const ROW = 110;
const [WIDEST, TOO_WIDE] = [1600, 2.6];
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

// From above to below; a graph that would be much wider than high goes from left to right. That is
// the same layout with both axes exchanged at the end.
export function layOut(data, dagre) {
  const nodes = data.nodes.map(drawn);
  const connected = new Set(data.edges.flatMap(({ source, target }) => [source, target]));
  const placed = nodes.filter((node) => connected.has(node.data.id));
  let graph = ranked(placed, data.edges, dagre, false);
  const across = graph.graph().width > Math.max(WIDEST, TOO_WIDE * graph.graph().height);
  if (across) graph = ranked(placed, data.edges, dagre, true);
  for (const node of placed) node.position = turned(graph.node(node.data.id), across);
  inRows(nodes.filter((node) => !connected.has(node.data.id)), turnedSize(graph.graph(), across));
  const known = new Set(data.nodes.map((node) => node.id));
  const rules = data.rules.filter((edge) => known.has(edge.target)).map((edge, number) => ({
    data: { ...edge, id: `rule-${number}`, label: labelled(edge), weight: 1.4 }, classes: 'rule',
  }));
  return { nodes, edges: [...ways(data.edges, graph, across), ...rules], across };
}

const turned = ({ x, y }, across) => (across ? { x: y, y: x } : { x, y });
const turnedSize = ({ width, height }, across) => (across ? { width: height, height: width } : { width, height });

function ranked(nodes, edges, { Graph, layout }, across) {
  const graph = new Graph({ multigraph: true }).setGraph({ rankdir: 'TB', nodesep: across ? 18 : 26, edgesep: across ? 10 : 16, ranksep: 64 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { data: node } of nodes) graph.setNode(node.id, turnedSize(node, across));
  edges.forEach((edge, number) => {
    const size = turnedSize({ width: widthOf(labelled(edge), SMALL_FONT) + 10, height: LINE }, across);
    graph.setEdge(edge.source, edge.target, { ...size, labelpos: 'c' }, String(number));
  });
  layout(graph);
  return graph;
}

// Nodes that nothing leads to or from stand in rows below the others.
function inRows(nodes, { width = 0, height = 0 }) {
  let [x, y] = [0, height > 0 ? height + ROW : 0];
  for (const node of nodes) {
    if (x && x + node.data.width > Math.max(width, 600)) [x, y] = [0, y + ROW];
    node.position = { x: x + node.data.width / 2, y };
    x += node.data.width + 26;
  }
}

function ways(edges, graph, across) {
  const most = Math.max(1, ...edges.map((edge) => edge.count));
  const halves = halfHeights(graph);
  const routes = edges.map((edge, number) => ({
    from: graph.node(edge.source), to: graph.node(edge.target), ...graph.edge(edge.source, edge.target, String(number)),
  }));
  for (const route of routes) route.points = route.points.slice(1, -1); // those at the nodes are our own
  const touching = ports(routes);
  return edges.map((edge, number) => {
    const self = edge.source === edge.target;
    const data = { ...edge, id: `way-${number}`, label: labelled(edge), weight: 1.4 + 6 * (edge.count / most) };
    return { data: self ? data : { ...data, ...bends(routes[number], touching[number], halves, across) }, classes: self ? '' : 'placed' };
  });
}

// The half height of each rank of nodes, by its y.
function halfHeights(graph) {
  const halves = new Map();
  for (const id of graph.nodes()) {
    const { y, height } = graph.node(id);
    halves.set(Math.round(y), Math.max(halves.get(Math.round(y)) ?? 0, height / 2));
  }
  return halves;
}

// Where each way touches its nodes: spread over their upper and lower sides in the order of the ways.
function ports(routes) {
  const sides = new Map();
  routes.forEach((route, number) => {
    for (const [end, next] of [['from', route.points[0] ?? route.to], ['to', route.points.at(-1) ?? route.from]]) {
      const node = route[end];
      const below = next.y > node.y;
      const key = `${node.x} ${node.y} ${below}`;
      sides.set(key, [...(sides.get(key) ?? []), { number, end, node, below, x: next.x }]);
    }
  });
  const found = routes.map(() => ({}));
  for (const side of sides.values()) {
    side.sort((one, other) => one.x - other.x);
    side.forEach(({ number, end, node, below }, place) => {
      const share = (place + 1) / (side.length + 1) - 0.5;
      found[number][end] = { x: share * node.width * 0.85, y: (below ? 1 : -1) * (node.height / 2) };
    });
  }
  return found;
}

// A way runs upright where nodes stand and to the side only between their ranks, so that it never
// passes behind one. Cytoscape wants each bend as a share of the straight way and a distance from it.
function bends({ from, to, points, height }, { from: leaving, to: arriving }, halves, across) {
  const [start, end] = [{ x: from.x + leaving.x, y: from.y + leaving.y }, { x: to.x + arriving.x, y: to.y + arriving.y }];
  const down = Math.sign(points.length ? points[0].y - from.y : to.y - from.y) || 1;
  const along = (node) => (halves.get(Math.round(node.y)) ?? 0) + 6;
  const route = [
    { x: start.x, y: from.y + down * along(from) },
    ...points.flatMap(({ x, y }) => {
      const half = halves.get(Math.round(y)) === undefined ? height / 2 : along({ y });
      return [{ x, y: y - down * half }, { x, y: y + down * half }];
    }),
    { x: end.x, y: to.y - down * (along(to) + 4) },
  ];
  const pixels = (port) => `${turned(port, across).x}px ${turned(port, across).y}px`;
  return { leaving: pixels(leaving), arriving: pixels(arriving), ...measured(...[start, end].map((one) => turned(one, across)), route.map((one) => turned(one, across))) };
}

function measured(start, end, route) {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.hypot(dx, dy) || 1;
  return {
    shares: route.map(({ x, y }) => ((x - start.x) * dx + (y - start.y) * dy) / length ** 2).join(' '),
    distances: route.map(({ x, y }) => ((y - start.y) * dx - (x - start.x) * dy) / length).join(' '),
  };
}
