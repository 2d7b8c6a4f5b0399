"use strict";
/* The page's arithmetic: the twin of basis.py, surface.py and spread.py. Plain numbers in, plain numbers out. */
const legendre = (x) => [1, x, (3 * x * x - 1) / 2, (5 * x * x * x - 3 * x) / 2];

function termsAt(basis, powers) {
  return basis.terms.map((term) => term.reduce((found, degree, at) => found * powers[basis.inputs[at]][degree], 1));
}

function sumOf(weights, terms) {
  return weights.reduce((found, weight, at) => found + weight * terms[at], 0);
}

function splinesAt(load, value) {
  const share = Math.min(Math.max((value - load.low) / (load.high - load.low), 0), 1) * load.pieces;
  const piece = Math.min(Math.floor(share), load.pieces - 1), t = share - piece;
  const four = [(1 - t) ** 3, 3 * t ** 3 - 6 * t ** 2 + 4, -3 * t ** 3 + 3 * t ** 2 + 3 * t + 1, t ** 3];
  return {piece, four: four.map((one) => one / 6)};
}

/* Kronor a year by line and in all, or null where the closed form has no answer. */
function modelAt(data, model, terms) {
  if (!model.lines.length) return null;
  const at = (one) => sumOf(one.weights, terms[one.basis]);
  let splines = null;
  if (model.load) {
    const load = at(model.load.hours) / Math.max(at(model.load.hoursOpen), 1e-9);
    if (model.load.most !== null && load >= model.load.most) return null;
    splines = splinesAt(model.load, load);
  }
  const lines = {};
  let net = 0;
  for (const one of model.lines) {
    let found = at(one.smooth);
    if (one.bent && splines)
      splines.four.forEach((share, k) => { found += share * sumOf(one.bent.weights[splines.piece + k], terms[one.bent.basis]); });
    lines[one.line] = found;
    net += found;
  }
  return {lines, net};
}

function evaluate(data, values) {
  const x = data.sliders.map((one, at) => 2 * (values[at] - one.low) / (one.high - one.low) - 1);
  const powers = x.map(legendre), terms = data.bases.map((basis) => termsAt(basis, powers));
  const models = data.models.map((model) => modelAt(data, model, terms));
  const difference = models.every(Boolean) ? models[0].net - models[1].net : null;
  const told = difference !== null && data.largest !== null && data.largest <= data.tenth * Math.abs(difference);
  let ends = null;
  if (difference !== null && data.spread)
    ends = data.spread.weights.map((row) => row[0] + x.reduce((sum, one, at) => sum + one * row[at + 1], 0))
      .sort((a, b) => a - b).map((one) => difference + one);
  return {models, difference, told, ends};
}

/* Amounts in whole steps that sum to a total, by largest remainders. */
function shared(amounts, total, step) {
  const found = amounts.map((one) => Math.floor(one / step));
  const lost = amounts.map((one, at) => [one / step - found[at], at]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  let left = total - found.reduce((a, b) => a + b, 0);
  for (let k = 0; left > 0; k += 1, left -= 1) found[lost[k % lost.length][1]] += 1;
  for (let k = lost.length - 1; left < 0; k -= 1, left += 1) found[lost[(k + lost.length) % lost.length][1]] -= 1;
  return found;
}
const steps = (amount, step) => Math.sign(amount) * Math.floor(Math.abs(amount) / step + 0.5);

/* The difference as a reader of the table works it out: the first net as shown less the second. */
const gapShown = (data, found) => found.models.map((one) => steps(one.net, data.step)).reduce((a, b) => a - b) * data.step;

/* Where the difference turns, and where there is no answer, along one slider while the others stay. */
function along(data, values, at) {
  const one = data.sliders[at], many = 48, put = values.slice(), found = {turns: [], missing: []};
  const gap = (value) => { put[at] = value; return evaluate(data, put).difference; };
  let before = null, last = null;
  for (let k = 0; k <= many; k += 1) {
    const value = one.low + (one.high - one.low) * k / many, now = gap(value);
    if (now === null) found.missing.push(value);
    else if (before !== null && (before < 0) !== (now < 0)) {
      let low = last, high = value;
      for (let round = 0; round < 30; round += 1) {
        const middle = (low + high) / 2, there = gap(middle);
        if (there === null) break;
        if ((there < 0) === (before < 0)) low = middle; else high = middle;
      }
      found.turns.push((low + high) / 2);
    }
    before = now;
    last = value;
  }
  return found;
}

/* The command that simulates a position: the case's own changes, but for those of what is moved, then what is moved. */
function commandAt(data, values) {
  const put = data.sliders.flatMap((one, at) => {
    if (values[at] === one.value) return [];
    const beside = (other) => other.value * values[at] / one.value;
    const along = one.along.map((other) => [other.key, other.whole ? Math.round(beside(other)) : +beside(other).toPrecision(12)]);
    return [[one.key, values[at]], ...along];
  });
  const stays = (change) => put.every(([key]) => change.key !== key && !change.key.startsWith(`${key}.`));
  const changes = data.command.changes.filter(stays).map((change) => change.set);
  return [data.command.begin, ...changes, ...put.map(([key, value]) => `--set ${key}=${value}`), data.command.end].join(" ");
}

/* Numbers as people read them. */
function grouped(data, value, decimals) {
  const [whole, rest] = Math.abs(value).toFixed(decimals).split(".");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0") + (rest ? data.mark + rest : "");
  return (value < 0 && /[1-9]/.test(text) ? "-" : "") + text;
}
const kronor = (data, value) => `${grouped(data, value, 0)}\u00a0kr`;
function written(data, slider, value) {
  const shown = grouped(data, slider.percent ? 100 * value : value, slider.decimals);
  const unit = shown === "1" ? slider.one : slider.unit;
  return unit ? shown + (unit === "%" ? data.percent : `\u00a0${unit}`) : shown;
}
const filled = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);

/* The page itself. */
function start(data, page) {
  const byId = (name) => page.getElementById(name);
  const range = data.sliders.map((_, at) => byId(`s${at}`));
  const values = () => data.sliders.map((one, at) => one.positions[+range[at].value]);
  const nearest = (one, value) =>
    one.positions.reduce((best, x, at) => (Math.abs(x - value) < Math.abs(one.positions[best] - value) ? at : best), 0);
  let waiting = 0;

  function put(at, value) { range[at].value = nearest(data.sliders[at], value); }

  function fromAddress() {
    const unknown = [], outside = [];
    data.sliders.forEach((one, at) => put(at, one.value));
    for (const part of page.location.hash.slice(1).split("&").filter(Boolean)) {
      const [key, text] = part.split("=").map((half) => { try { return decodeURIComponent(half); } catch { return ""; } });
      const at = data.sliders.findIndex((one) => one.key === key), value = text === undefined || text === "" ? NaN : Number(text);
      if (at < 0) unknown.push(part);
      else if (value >= data.sliders[at].low && value <= data.sliders[at].high) put(at, value);
      else {
        const one = data.sliders[at], ends = {part, low: written(data, one, one.low), high: written(data, one, one.high)};
        outside.push(filled(data.words.outside, ends));
      }
    }
    if (unknown.length) outside.unshift(filled(data.words.unknown, {parts: unknown.join(", ")}));
    byId("beyond").textContent = outside.join(" ");
  }

  function moved(at) { return data.sliders[at].positions[+range[at].value] !== data.sliders[at].value; }

  function toAddress() {
    const parts = data.sliders.map((one, at) => (moved(at) ? `${one.key}=${one.positions[+range[at].value]}` : "")).filter(Boolean);
    const hash = parts.length ? `#${parts.join("&")}` : page.location.pathname + page.location.search;
    try { page.defaultView.history.replaceState(null, "", hash); } catch { page.location.hash = parts.join("&"); }
    if (data.command) byId("command").textContent = commandAt(data, values());
  }

  function tell(found) {
    const words = data.words, [first, second] = data.names;
    const near = found.difference !== null && !found.told;
    const gap = found.difference === null ? 0 : gapShown(data, found), number = found.told ? kronor(data, gap) : "–";
    byId("number").textContent = number;
    const size = kronor(data, Math.abs(gap));
    let said = found.difference === null ? words.none : near ? words.near : found.difference < 0 ? words.less : words.more;
    said = filled(said, {first, second, size, error: kronor(data, data.largest || 0)});
    byId("answer").textContent = said;
    byId("spread").textContent = found.told && found.ends
      ? filled(words.spread, {low: kronor(data, steps(found.ends[0], data.step) * data.step), high: kronor(data, steps(found.ends[1], data.step) * data.step)})
      : "";
    draw(found);
  }

  function draw(found) {
    const box = byId("bar"), shown = found.told;
    box.toggleAttribute("hidden", !shown);
    if (!shown) return;
    const ends = found.ends || [found.difference, found.difference];
    const most = 1.1 * Math.max(...[found.difference, ...ends].map(Math.abs)), place = (kr) => 300 + 280 * kr / most;
    byId("band").setAttribute("x", place(ends[0]));
    byId("band").setAttribute("width", Math.max(place(ends[1]) - place(ends[0]), 0));
    byId("dot").setAttribute("cx", place(found.difference));
  }

  function table(found) {
    const rows = data.lines.map((line) => [line, ...found.models.map((model) => (model ? model.lines[line.line] || 0 : null))]);
    const nets = found.models.map((model) => (model ? steps(model.net, data.step) : null));
    const columns = found.models.map((model, at) => (model ? shared(rows.map((row) => row[at + 1]), nets[at], data.step) : null));
    const cell = (amount) => (amount === null ? "–" : kronor(data, amount * data.step));
    const less = (one, other) => (one === null || other === null ? null : one - other);
    rows.forEach((row, at) => {
      const both = columns.map((column) => (column ? column[at] : null));
      [...both, less(both[0], both[1])].forEach((amount, k) => { byId(`l${at}c${k}`).textContent = cell(amount); });
    });
    [...nets, found.told ? less(nets[0], nets[1]) : null].forEach((amount, k) => { byId(`net${k}`).textContent = cell(amount); });
  }

  function marks(now) {
    data.sliders.forEach((one, at) => {
      const found = along(data, now, at), track = byId(`t${at}`), words = [];
      const where = (value) => {
        const above = one.positions.findIndex((x) => x >= value), k = above < 1 ? 0 : above - 1;
        const rest = above < 1 ? 0 : (value - one.positions[k]) / (one.positions[above] - one.positions[k]);
        return (k + rest) / (one.positions.length - 1);
      };
      track.replaceChildren();
      const mark = (value, kind, letter) => {
        const tick = page.createElement("span");
        tick.className = kind;
        tick.textContent = letter;
        tick.style.left = `calc(0.5rem + (100% - 1rem) * ${where(value).toFixed(4)})`;
        track.append(tick);
      };
      mark(one.value, "stands", "|");
      found.turns.forEach((value) => mark(value, "turn", "▲"));
      if (found.turns.length) words.push(filled(data.words.turns, {at: found.turns.map((value) => written(data, one, value)).join(", ")}));
      else if (now.length && evaluate(data, now).difference !== null) words.push(data.words.keeps);
      if (found.missing.length) {
        const low = found.missing[0], high = found.missing[found.missing.length - 1];
        const text = low === one.low && high < one.high ? data.words.noneTo : low > one.low && high === one.high ? data.words.noneFrom : data.words.noneBetween;
        words.push(filled(text, {low: written(data, one, low), high: written(data, one, high)}));
      }
      byId(`w${at}`).textContent = words.join(" ");
    });
  }

  function refresh() {
    const now = values(), found = evaluate(data, now);
    data.sliders.forEach((one, at) => {
      const text = written(data, one, now[at]);
      byId(`v${at}`).textContent = text;
      range[at].setAttribute("aria-valuetext", text);
    });
    tell(found);
    table(found);
    toAddress();
    clearTimeout(waiting);
    waiting = setTimeout(() => marks(now), 150);
    return now;
  }

  range.forEach((one) => one.addEventListener("input", refresh));
  byId("reset").addEventListener("click", () => { data.sliders.forEach((one, at) => put(at, one.value)); byId("beyond").textContent = ""; refresh(); });
  page.defaultView.addEventListener("hashchange", () => { fromAddress(); refresh(); });
  page.defaultView.addEventListener("beforeprint", () => marks(values()));
  fromAddress();
  marks(refresh());
}

if (typeof document === "undefined") module.exports = {evaluate, along, commandAt, shared, steps, grouped, written};
else start(JSON.parse(document.getElementById("data").textContent), document);
