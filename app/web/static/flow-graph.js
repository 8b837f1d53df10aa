// The graph of a flow: drawn by cytoscape, laid out by dagre, walked through by mouse or keys.
// The list below it says the same; both lead to the panel of a node.
import { layOut } from './flow-layout.js';
import { STYLE } from './flow-style.js';

const READABLE = 0.9; // a smaller zoom is for looking at the whole
const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

class FlowGraph {
  constructor(root, cytoscape, dagre) {
    this.root = root;
    this.data = JSON.parse(root.dataset.graph);
    const { nodes, edges, across } = layOut(this.data, dagre);
    this.across = across;
    this.cy = cytoscape({
      container: root, elements: { nodes, edges }, layout: { name: 'preset' }, style: STYLE,
      minZoom: 0.05, maxZoom: 2.5, autoungrabify: true, boxSelectionEnabled: false,
    });
    this.bind();
    this.begin();
  }

  bind() {
    this.cy.on('tap', 'node', (event) => this.open(event.target.id()));
    this.root.addEventListener('keydown', (event) => this.key(event));
    // The canvas does not notice by itself that its place has another size.
    new ResizeObserver(() => this.resize()).observe(this.root);
    for (const button of document.querySelectorAll('[data-graph-zoom]')) {
      button.addEventListener('click', () => this.zoom(button.dataset.graphZoom));
    }
    document.querySelector('[data-graph-rules]').addEventListener('change', (event) => {
      this.cy.edges('.rule').toggleClass('shown', event.target.checked);
    });
    const find = document.querySelector('[data-graph-find]');
    find.addEventListener('input', () => this.find(find.value));
    find.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.gotoFirst();
    });
    document.addEventListener('click', (event) => {
      const link = event.target.closest('[data-node]');
      if (!link) return;
      this.select(link.dataset.node, { centre: true });
      this.showPanel();
    });
  }

  // Where one looks

  begin() {
    this.cy.fit(undefined, 16);
    const wished = new URLSearchParams(location.search).get('node');
    if (wished) this.select(wished, { centre: true });
    else if (this.cy.zoom() < READABLE) this.showTop();
    else if (this.cy.zoom() > 1.1) { this.cy.zoom(1.1); this.cy.center(); }
  }

  showTop() {
    const entry = this.beginning();
    this.cy.zoom(READABLE);
    this.cy.center(entry);
    // Most of it lies below the beginning, or to its right.
    if (this.across) this.cy.panBy({ x: 30 - entry.renderedBoundingBox().x1, y: 0 });
    else this.cy.panBy({ x: 0, y: 90 - entry.renderedPosition('y') });
  }

  beginning() {
    const [begin] = this.data.nodes.filter((node) => node.begins);
    return begin ? this.cy.getElementById(begin.id) : this.cy.nodes()[0];
  }

  resize() {
    const middle = this.centre();
    this.cy.resize();
    const now = this.centre();
    this.cy.panBy({ x: (now.x - middle.x) * this.cy.zoom(), y: (now.y - middle.y) * this.cy.zoom() });
  }

  centre() {
    const { x1, y1, w, h } = this.cy.extent();
    return { x: x1 + w / 2, y: y1 + h / 2 };
  }

  zoom(how) {
    if (how === 'fit') return this.cy.fit(undefined, 16);
    const level = this.cy.zoom() * (how === 'in' ? 1.3 : 1 / 1.3);
    this.cy.zoom({ level, renderedPosition: { x: this.cy.width() / 2, y: this.cy.height() / 2 } });
  }

  // Choosing a node

  select(id, { centre = false } = {}) {
    const node = this.cy.getElementById(id);
    if (node.empty()) return null;
    this.cy.nodes().unselect();
    node.select();
    if (centre || !this.isInView(node)) {
      if (this.cy.zoom() < READABLE) this.cy.zoom(READABLE);
      this.cy.center(node);
    }
    return node;
  }

  isInView(node) {
    const { x1, x2, y1, y2 } = node.renderedBoundingBox();
    return x1 >= 0 && y1 >= 0 && x2 <= this.cy.width() && y2 <= this.cy.height();
  }

  open(id) {
    this.select(id);
    const link = document.querySelector(`[data-node="${CSS.escape(id)}"]`);
    window.htmx.ajax('GET', link.dataset.hxGet, '#node').then(() => this.showPanel());
  }

  showPanel() {
    this.root.closest('.graph-page').classList.add('chosen');
    document.getElementById('node').scrollIntoView({ block: 'nearest' });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key];
    const chosen = this.cy.$('node:selected');
    if (direction) this.walk(chosen, direction);
    else if (event.key === 'Enter' && chosen.nonempty()) this.open(chosen.id());
    else if (event.key === '+' || event.key === '=') this.zoom('in');
    else if (event.key === '-') this.zoom('out');
    else if (event.key === '0') this.zoom('fit');
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Forward along the ways that lead there and backward along those that come from there; where
  // none does, to the nearest node, and what lies to the side counts twice.
  walk(from, [dx, dy]) {
    if (from.empty()) return this.tell(this.select(this.beginning().id()));
    const here = from.position();
    const distance = (node) => {
      const { x, y } = node.position();
      const along = (x - here.x) * dx + (y - here.y) * dy;
      const aside = Math.abs((x - here.x) * dy) + Math.abs((y - here.y) * dx);
      return along > 1 ? along + 2 * aside : Infinity;
    };
    const forward = this.across ? dx : dy;
    const joined = forward > 0 ? from.outgoers('edge:visible').targets() : forward < 0 ? from.incomers('edge:visible').sources() : this.cy.collection();
    for (const nodes of [joined, this.cy.nodes()]) {
      const nearest = nodes.min(distance);
      if (nearest.ele && nearest.value < Infinity) return this.tell(this.select(nearest.ele.id()));
    }
  }

  tell(node) {
    const { name, kind } = node.data();
    const ways = node.outgoers('edge:visible').map((edge) => `${edge.data('label')} → ${edge.target().data('name')}`);
    document.querySelector('[data-graph-told]').textContent = [name, kind, ...ways].join(' · ');
  }

  // Finding

  find(text) {
    const wanted = text.trim().toLowerCase();
    const lines = [...document.querySelectorAll('[data-node-line]')];
    for (const line of lines) {
      line.hidden = !`${line.dataset.nodeLine} ${line.textContent}`.toLowerCase().includes(wanted);
      this.cy.getElementById(line.dataset.nodeLine).toggleClass('aside', line.hidden);
    }
    document.querySelector('[data-graph-none]').hidden = lines.some((line) => !line.hidden);
    this.wanted = wanted;
    if (wanted && this.found()) this.select(this.found().id(), { centre: true });
  }

  // Who is called so comes before who only speaks of it.
  found() {
    const left = this.cy.nodes().not('.aside');
    return left.filter((node) => node.id().toLowerCase().includes(this.wanted ?? ''))[0] ?? left[0];
  }

  gotoFirst() {
    if (this.found()) this.open(this.found().id());
  }
}

document.querySelector('[data-flow-choice]')?.addEventListener('submit', (event) => {
  const form = event.currentTarget;
  const flow = form.elements.flow;
  form.action = form.dataset.flowChoice + encodeURIComponent(flow.value);
  flow.disabled = true; // it stands in the path
});

const root = document.getElementById('graph');
if (root) {
  const [{ default: cytoscape }, dagre] = await Promise.all([import(root.dataset.cytoscape), import(root.dataset.dagre)]);
  new FlowGraph(root, cytoscape, dagre);
  root.setAttribute('aria-busy', 'false');
}
