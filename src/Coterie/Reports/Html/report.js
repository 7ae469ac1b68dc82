"use strict";
// Draws the charts from the JSON beside each of them and runs the switches. Text from the data reaches the page only through
// textContent or esc().
(() => {
  const root = document.documentElement;
  const memory = {
    get(key) { try { return localStorage.getItem("coterie-" + key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem("coterie-" + key, value); } catch { /* a private window forgets: that is its purpose */ } },
  };
  const esc = text => String(text).replace(/[&<>"']/g, c => "&#" + c.charCodeAt(0) + ";");
  const colour = name => getComputedStyle(root).getPropertyValue("--" + name).trim();
  const lang = () => root.dataset.lang;
  const say = text => typeof text === "string" ? text : text[lang()];
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const symbols = ["circle", "rect", "triangle", "diamond", "M0 3h3V0h2v3h3v2H5v3H3V5H0z", "M1 0 4 3 7 0 8 1 5 4 8 7 7 8 4 5 1 8 0 7 3 4 0 1z"];
  const dashes = ["solid", [7, 4], [2, 3], [9, 3, 2, 3]];
  const shape = i => symbols[i % symbols.length].startsWith("M") ? "path://" + symbols[i % symbols.length] : symbols[i % symbols.length];
  const formats = {
    percent: v => (100 * v).toFixed(Math.abs(v) < 0.0995 && v ? 1 : 0).replace("-", "−") + "%",
    fixed: v => v.toFixed(2).replace("-", "−"),
    signed: v => (v >= 0.0005 ? "+" : v <= -0.0005 ? "−" : "") + Math.abs(v).toFixed(3),
    number: v => String(+v.toPrecision(3)).replace("-", "−"),
    money: (v, unit) => (v < 0 ? "−" : "") + unit + Math.abs(v).toLocaleString("en", { maximumFractionDigits: Math.abs(v) < 10 ? 2 : 0 }),
  };

  const charts = [...document.querySelectorAll(".chart")].map(element => ({
    element,
    kind: element.dataset.kind,
    data: JSON.parse(element.nextElementSibling.textContent),
    legend: element.previousElementSibling?.classList.contains("legend") ? element.previousElementSibling : null,
    hidden: new Set(),
    chart: null,
  }));
  // A chart may begin with some of its lines off: their names in the legend say so.
  for (const item of charts) for (const i of item.data.off ?? []) item.hidden.add(i);

  const base = () => ({
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("ink") },
    tooltip: {
      backgroundColor: colour("card"), borderColor: colour("line"), confine: true, padding: [6, 10],
      textStyle: { color: colour("ink"), fontSize: 13 }, extraCssText: "box-shadow:0 2px 10px rgba(0,0,0,.14);max-width:20rem;white-space:normal",
    },
  });
  const axis = more => ({
    axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: colour("line") } },
    axisLabel: { color: colour("muted"), fontSize: 12, hideOverlap: true }, nameTextStyle: { color: colour("muted"), fontSize: 12 }, ...more,
  });

  // Estimates with intervals, one a row; the first row is on top. A mark is an upright to compare with.
  function dots({ data, element }) {
    const format = v => formats[data.format](v, data.currency ?? "");
    const rows = data.rows.filter(r => r.value !== null);
    const names = rows.map(r => say(r.label));
    const ends = rows.flatMap(r => [r.value, r.low ?? r.value, r.high ?? r.value, r.mark ?? r.value, data.zero ? 0 : r.value]), least = Math.min(...ends), most = Math.max(...ends);
    const span = nice(data.format === "percent" || data.format === "money" ? Math.min(0, least) : least, most, data.format === "percent" && most <= 1 ? 1 : Infinity);
    const longest = Math.max(...names.map(n => [...n].reduce((w, c) => w + (c > "\u2e80" ? 13 : 7.2), 0)));
    // Long names break into lines where half of the chart would not hold them.
    const room = element.clientWidth * 0.48 - 14, broken = longest > room ? { width: room, overflow: "break", lineHeight: 15 } : {};
    return {
      ...base(),
      grid: { left: Math.min(longest, room) + 14, right: 58, top: 6, bottom: 28 },
      tooltip: { ...base().tooltip, trigger: "item", formatter: p => { const r = rows[p.dataIndex]; return `<b>${esc(say(r.label))}</b><br>${esc(format(r.value))} (${esc(format(r.low))} … ${esc(format(r.high))})`; } },
      xAxis: axis({ type: "value", ...span, axisLabel: { color: colour("muted"), fontSize: 12, hideOverlap: true, formatter: v => Math.round(v / span.interval) % 2 ? "" : format(v) } }),
      yAxis: axis({ type: "category", inverse: true, data: names, splitLine: { show: false }, axisLabel: { color: colour("ink"), fontSize: 13, ...broken } }),
      series: [{
        type: "custom",
        data: rows.map((r, i) => [i, r.value, r.low, r.high]),
        encode: { x: [1, 2, 3], y: 0 },
        markLine: data.zero ? { silent: true, symbol: "none", lineStyle: { color: colour("muted"), type: "solid", width: 1 }, label: { show: false }, data: [{ xAxis: 0 }] } : undefined,
        renderItem(_, api) {
          const r = rows[api.value(0)], fill = colour(r.colour);
          const [x, y] = api.coord([r.value, api.value(0)]), low = api.coord([r.low ?? r.value, 0])[0], high = api.coord([r.high ?? r.value, 0])[0];
          const mark = r.mark == null ? [] : [{ type: "rect", shape: { x: api.coord([r.mark, 0])[0] - 1, y: y - 9, width: 2, height: 18 }, style: { fill: colour("ink") } }];
          return { type: "group", children: [
            ...mark,
            { type: "rect", shape: { x: low, y: y - 2, width: Math.max(1, high - low), height: 4, r: 2 }, style: { fill, opacity: 0.4 } },
            { type: "circle", shape: { cx: x, cy: y, r: 5.5 }, style: { fill } },
            { type: "text", style: { text: format(r.value), x: Math.max(high, x + 5) + 6, y, textVerticalAlign: "middle", fill: colour("ink"), fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily } },
          ] };
        },
      }],
    };
  }

  // Whole steps of 1, 2, 2.5 or 5 that hold [least, most] in some six parts; every other one is labelled.
  function nice(least, most, limit) {
    const raw = Math.max(most - least, 1e-9) / 5, power = 10 ** Math.floor(Math.log10(raw));
    const interval = power * [1, 2, 2.5, 5, 10].find(f => f * power >= raw * 0.999);
    return { min: Math.floor(least / interval + 1e-9) * interval, max: Math.min(limit, Math.ceil(most / interval - 1e-9) * interval), interval };
  }

  function map({ data, hidden }) {
    const groups = data.segments.length ? data.segments : [{ id: "", name: { en: "Customers", zh: "客户" } }];
    const own = groups.map((_, i) => data.points.filter(p => p[2] === i || (p[2] < 0 && !data.segments.length)));
    const size = data.points.length > 1200 ? 5 : 7;
    const middle = list => list.length ? list.slice().sort((a, b) => a - b)[list.length >> 1] : 0;
    const clean = { axisLabel: { show: false }, splitLine: { show: false }, scale: true };
    return {
      ...base(),
      grid: { left: 26, right: 10, top: 10, bottom: 30 },
      tooltip: { ...base().tooltip, formatter: p => esc(groups[p.seriesIndex % groups.length].id + " " + say(groups[p.seriesIndex % groups.length].name)) },
      xAxis: axis({ ...clean, name: lang() === "zh" ? "主成分 1" : "Component 1", nameLocation: "middle", nameGap: 12, axisLine: { show: true, onZero: false, lineStyle: { color: colour("line") } } }),
      yAxis: axis({ ...clean, name: lang() === "zh" ? "主成分 2" : "Component 2", nameLocation: "middle", nameGap: 8, axisLine: { show: true, onZero: false, lineStyle: { color: colour("line") } } }),
      series: [
        ...groups.map((g, i) => ({
          type: "scatter", data: hidden.has(i) ? [] : own[i].map(p => [p[0], p[1]]), symbol: shape(i), symbolSize: size,
          itemStyle: { color: data.segments.length ? colour("s" + i % 12) : colour("grey"), opacity: 0.62 }, emphasis: { scale: 1.6 },
        })),
        ...(data.segments.length ? groups.map((g, i) => ({
          type: "scatter", symbolSize: 1, silent: true, z: 5, itemStyle: { color: "transparent", opacity: 1 },
          data: hidden.has(i) || !own[i].length ? [] : [[middle(own[i].map(p => p[0])), middle(own[i].map(p => p[1]))]],
          label: { show: true, formatter: g.id, position: "inside", color: colour("s" + i % 12 + "-text"), backgroundColor: colour("s" + i % 12), padding: [3, 6], borderRadius: 4, fontWeight: 600, fontSize: 12, borderColor: colour("paper"), borderWidth: 2 },
          labelLayout: { moveOverlap: "shiftY" },
        })) : []),
      ],
    };
  }

  function stability({ data, hidden }) {
    const groups = [...new Set(data.lines.flatMap(l => l.points.map(p => p[0])))].sort((a, b) => a - b);
    const low = Math.min(0.5, ...data.lines.flatMap(l => l.points.map(p => p[1])));
    const mark = (y, en, zh) => ({ yAxis: y, label: { formatter: lang() === "zh" ? zh : en } });
    return {
      ...base(),
      grid: { left: 44, right: 96, top: 16, bottom: 44 },
      tooltip: { ...base().tooltip, trigger: "item", formatter: p => `<b>${esc(say(data.lines[p.seriesIndex].name))}, K = ${p.value[0]}</b><br>${esc(formats.fixed(p.value[1]))} · ${lang() === "zh" ? "最弱" : "weakest"} ${esc(formats.fixed(p.value[2]))}` },
      xAxis: axis({ type: "value", min: groups[0], max: groups[groups.length - 1], interval: groups[groups.length - 1] > 14 ? 2 : 1, splitLine: { show: false }, name: lang() === "zh" ? "群数" : "Number of groups", nameLocation: "middle", nameGap: 28 }),
      yAxis: axis({ type: "value", min: Math.floor(low * 10) / 10, max: 1, axisLabel: { color: colour("muted"), formatter: formats.fixed } }),
      series: data.lines.map((line, i) => ({
        type: "line", data: hidden.has(i) ? [] : line.points, encode: { x: 0, y: 1 }, symbol: shape(i), lineStyle: { type: dashes[i % dashes.length], width: 2 }, color: colour("s" + i % 12),
        symbolSize: (v) => v[0] === line.chosen ? 15 : 7,
        label: { show: true, position: "top", formatter: p => p.value[0] === line.chosen ? (lang() === "zh" ? "选定" : "chosen") : "", color: colour("ink"), fontWeight: 600 },
        markLine: i ? undefined : { silent: true, symbol: "none", lineStyle: { color: colour("grey"), type: [2, 4], width: 1 }, label: { color: colour("muted"), position: "end", distance: [12, 0], fontSize: 12 },
          data: [mark(0.85, "very stable", "非常稳定"), mark(0.75, "stable", "稳定"), mark(0.6, "in doubt", "存疑")] },
      })),
    };
  }

  // Lines over whole numbers from 1 or over named places. A point is [x, y, low, high]; intervals are uprights, marks dotted ones. Square axes
  // share a span and its diagonal.
  function lines({ data, hidden }) {
    const all = data.lines.flatMap(l => l.points), y = v => formats[data.format](v, data.currency ?? ""), places = data.places?.map(say);
    // Along numbers that are not counted from 1 the axis takes their span; shares are written in per cent.
    const free = !places && !data.square && all.some(p => p[0] < 1 || p[0] % 1), across = all.map(p => p[0]), fx = Math.max(...across) <= 1 && Math.min(...across) >= 0 ? formats.percent : formats.number;
    const x = v => places ? places[v].split("\n")[0] : data.square ? y(v) : free ? fx(v) : String(v), reach = free ? nice(Math.min(...across), Math.max(...across), Infinity) : null;
    const ends = all.flatMap(p => [p[1], p[2], p[3], data.square ? p[0] : null]).filter(v => v != null);
    const least = Math.min(...ends), most = Math.max(...ends), pad = least === most ? Math.abs(least || 1) / 10 : 0;
    const span = nice(least - pad, data.to ?? most + pad, data.to ?? Infinity), last = Math.max(...all.map(p => p[0]));
    const name = { name: say(data.x), nameLocation: "middle", nameGap: places ? 44 : 28 }, step = nice(0, last, Infinity).interval < 1 ? 1 : Math.ceil(nice(0, last, Infinity).interval);
    const along = places ? { type: "category", data: places, splitLine: { show: false }, axisLabel: { color: colour("muted"), fontSize: 12, lineHeight: 16, interval: places.length > 14 ? "auto" : 0 } }
      : data.square ? { type: "value", ...span, axisLabel: { color: colour("muted"), fontSize: 12, hideOverlap: true, formatter: y } }
      : free ? { type: "value", ...reach, splitLine: { show: false }, axisLabel: { color: colour("muted"), fontSize: 12, hideOverlap: true, formatter: fx } }
      : { type: "value", min: step > 1 ? 0 : 1, max: last, interval: step, splitLine: { show: false }, axisLabel: { color: colour("muted"), fontSize: 12, formatter: v => v && v % step === 0 ? v : "" } };
    const plain = { silent: true, symbol: "none", lineStyle: { color: colour("grey"), type: [2, 4], width: 1.2 } };
    return {
      ...base(),
      grid: { left: 52, right: 24, top: data.marks ? 26 : 16, bottom: places ? 66 : 46 },
      tooltip: { ...base().tooltip, trigger: "item" },
      xAxis: axis({ ...along, ...name }),
      yAxis: axis({ type: "value", ...span, axisLabel: { color: colour("muted"), fontSize: 12, formatter: y } }),
      series: [
        { type: "line", data: [], markLine: data.marks ? { ...plain, label: { color: colour("muted"), fontSize: 12, formatter: p => p.name }, data: data.marks.map(m => ({ xAxis: m.x, name: say(m.label) })) }
          : data.square ? { ...plain, label: { show: false }, data: [[{ coord: [span.min, span.min] }, { coord: [span.max, span.max] }]] } : undefined },
        ...data.lines.flatMap((line, i) => {
          const points = hidden.has(i) ? [] : line.points;
          return [
            { type: "custom", silent: true, z: 1, data: points.filter(p => p[2] != null), encode: { x: 0, y: [1, 2, 3] }, renderItem(_, api) {
              const [at, low] = api.coord([api.value(0), api.value(2)]), high = api.coord([api.value(0), api.value(3)])[1];
              const bar = { type: "rect", shape: { x: at - 2, y: high, width: 4, height: Math.max(1, low - high), r: 2 }, style: { fill: colour("s" + i % 12), opacity: 0.4 } };
              return { type: "group", children: data.labels ? [bar, { type: "text", style: { text: y(api.value(1)), x: at, y: low + 5, textAlign: "center", textVerticalAlign: "top", fill: colour("ink"), fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily } }] : [bar] };
            } },
            { type: "line", z: 3, data: points.map(p => [p[0], p[1]]), symbol: shape(i), symbolSize: points.length > 24 ? 4 : 8, showAllSymbol: true, lineStyle: { type: dashes[i % dashes.length], width: 2 }, color: colour("s" + i % 12),
              tooltip: { formatter: p => { const at = points[p.dataIndex]; return `<b>${esc(say(line.name))}</b><br>${esc(x(at[0]))}: ${esc(y(at[1]))}${at[2] == null ? "" : ` (${esc(y(at[2]))} … ${esc(y(at[3]))})`}`; } } },
          ];
        }),
      ],
    };
  }

  // Named points in the plane, both axes on one scale, so that distances may be compared.
  function plane({ data, hidden, element }) {
    const shown = data.lines.map((l, i) => hidden.has(i) ? [] : l.points), all = data.lines.flatMap(l => l.points.map(p => p.at));
    const pad = 0.12, ends = k => [Math.min(0, ...all.map(p => p[k])), Math.max(0, ...all.map(p => p[k]))];
    let [x0, x1] = ends(0), [y0, y1] = ends(1);
    const width = element.clientWidth - 76, height = element.clientHeight - 72;
    const unit = Math.max((x1 - x0) * (1 + 2 * pad) / width, (y1 - y0) * (1 + 2 * pad) / height, 1e-9);
    const middle = [(x0 + x1) / 2, (y0 + y1) / 2];
    const clean = at => ({ type: "value", axisLabel: { show: false }, splitLine: { show: false }, axisLine: { show: true, onZero: true, lineStyle: { color: colour("line") } }, nameLocation: "middle", nameGap: 14, name: say(at) });
    return {
      ...base(),
      grid: { left: 38, right: 38, top: 24, bottom: 48 },
      tooltip: { ...base().tooltip, formatter: p => `<b>${esc(p.data.name)}</b><br>${esc(say(data.lines[p.seriesIndex].name))}` },
      xAxis: axis({ ...clean(data.x), min: middle[0] - unit * width / 2, max: middle[0] + unit * width / 2 }),
      yAxis: axis({ ...clean(data.y), min: middle[1] - unit * height / 2, max: middle[1] + unit * height / 2 }),
      series: data.lines.map((line, i) => ({
        type: "scatter", symbol: shape(i), color: colour("s" + i % 12), itemStyle: { opacity: 0.85 }, z: 3 + data.lines.length - i,
        data: shown[i].map(p => ({ value: p.at, name: say(p.label), symbolSize: 7 + 16 * p.size })),
        label: { show: true, position: "right", distance: 5, formatter: p => p.name, color: colour(i ? "ink" : "s0"), fontSize: i ? 12 : 13, fontWeight: i ? 400 : 600, width: 150, overflow: "truncate" },
        labelLayout: { hideOverlap: true, moveOverlap: "shiftY" },
      })),
    };
  }

  function flow({ data }) {
    const names = new Map(data.nodes.map(n => [n.id, say(n.name)]));
    return {
      ...base(),
      tooltip: { ...base().tooltip, trigger: "item", formatter: p => p.dataType === "edge" ? `${esc(names.get(p.data.source))} → ${esc(names.get(p.data.target))}<br><b>${p.data.value.toLocaleString("en")}</b>` : `<b>${esc(names.get(p.name))}</b><br>${p.value.toLocaleString("en")}` },
      series: [{
        type: "sankey", left: 8, right: 150, top: 10, bottom: 10, nodeGap: 14, nodeWidth: 14, draggable: false, emphasis: { focus: "adjacency" },
        data: data.nodes.map(n => ({ name: n.id, depth: n.step, itemStyle: { color: colour(n.colour), borderWidth: 0 } })),
        links: data.links.map(l => ({ source: l.from, target: l.to, value: l.amount })),
        lineStyle: { color: "source", opacity: 0.28, curveness: 0.5 },
        label: { color: colour("ink"), fontSize: 12, formatter: p => names.get(p.name), width: 142, overflow: "truncate" },
      }],
    };
  }

  // Places among all customers, trait by trait; the ring at one half is everybody.
  function radar({ data, hidden, element }) {
    const narrow = element.clientWidth < 560, half = lang() === "zh" ? "全部客户" : "all customers", shown = data.lines.map((l, i) => ({ ...l, i })).filter(l => !hidden.has(l.i));
    const style = line => line.colour ?? "s" + line.i % 12, room = narrow ? 12 : 20;
    // Names break between words, or between characters where there are no words.
    const broken = text => (/\s/.test(text) ? text.split(/\s+/).map(w => w + " ") : [...text]).reduce((rows, w) => {
      const wide = t => [...t].reduce((n, c) => n + (c > "\u2e80" ? 2 : 1), 0);
      return wide(rows[rows.length - 1] + w.trimEnd()) > room && rows[rows.length - 1] ? [...rows, w] : [...rows.slice(0, -1), rows[rows.length - 1] + w];
    }, [""]).map(r => r.trimEnd()).join("\n");
    return {
      ...base(),
      tooltip: { ...base().tooltip, trigger: "item", formatter: p => `<b>${esc(p.name)}</b><br>` + p.value.map((v, k) => `${esc(say(data.axes[k]))}: ${v == null ? "–" : esc(formats.percent(v))}`).join("<br>") },
      radar: {
        center: ["50%", "51%"], radius: element.clientWidth < 440 ? "44%" : narrow ? "54%" : "72%", splitNumber: 4, indicator: data.axes.map(a => ({ name: broken(say(a)), min: 0, max: 1 })),
        axisName: { color: colour("ink"), fontSize: 12, lineHeight: 15 }, axisLine: { lineStyle: { color: colour("line") } },
        splitLine: { lineStyle: { color: colour("line") } }, splitArea: { show: false },
      },
      series: [
        { type: "radar", silent: true, z: 1, symbol: "none", data: [{ name: half, value: data.axes.map(() => 0.5), lineStyle: { color: colour("grey"), type: [3, 4], width: 1.5 } }] },
        { type: "radar", z: 3, emphasis: { lineStyle: { width: 3 } }, data: shown.map(l => ({
          name: say(l.name), value: l.values, symbol: shape(l.i), symbolSize: 7, itemStyle: { color: colour(style(l)) },
          lineStyle: { color: colour(style(l)), width: 2, type: dashes[l.i % dashes.length] }, areaStyle: { color: colour(style(l)), opacity: shown.length > 3 ? 0.04 : 0.1 },
        })) },
      ],
    };
  }

  const kinds = { dots, map, stability, lines, plane, flow, radar };

  // What is folded away has no width; it is drawn when it is opened.
  function draw(item) {
    if (!item.element.clientWidth) return;
    if (!item.chart) item.chart = echarts.init(item.element, null, { renderer: "svg" });
    item.chart.setOption(kinds[item.kind](item), true);
  }

  // The legend is ours: it wraps, is reached by the keyboard, and says its state.
  function legend(item) {
    if (!item.legend) return;
    const entries = item.kind === "map" ? item.data.segments.map(s => s.id + "  " + say(s.name)) : item.data.lines.map(l => say(l.name));
    item.legend.replaceChildren(...entries.map((name, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", String(!item.hidden.has(i)));
      button.append(sample(item.kind, i), document.createTextNode(name));
      button.addEventListener("click", () => {
        item.hidden.has(i) ? item.hidden.delete(i) : item.hidden.add(i);
        button.setAttribute("aria-pressed", String(!item.hidden.has(i)));
        draw(item);
      });
      return button;
    }));
  }

  function sample(kind, i) {
    const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg"), line = kind === "stability" || kind === "lines" || kind === "radar";
    svg.setAttribute("viewBox", line ? "0 0 26 10" : "-1 -1 10 10");
    svg.setAttribute("width", line ? 26 : 11);
    svg.setAttribute("height", 11);
    svg.setAttribute("aria-hidden", "true");
    const add = (d, attributes) => { const e = document.createElementNS(ns, "path"); e.setAttribute("d", d); for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v); svg.append(e); };
    const paths = { circle: "M4 0a4 4 0 1 0 .01 0z", rect: "M0 0h8v8H0z", triangle: "M4 0 8 8H0z", diamond: "M4 0 8 4 4 8 0 4z" };
    const fill = `var(--s${i % 12})`, d = paths[symbols[i % symbols.length]] ?? symbols[i % symbols.length];
    if (line) add("M0 5h26", { stroke: fill, "stroke-width": 2, "stroke-dasharray": dashes[i % dashes.length] === "solid" ? "none" : dashes[i % dashes.length].join(" ") });
    add(d, line ? { fill, transform: "translate(9.5 1.5) scale(.85)" } : { fill });
    return svg;
  }

  function refresh() {
    for (const item of charts) { legend(item); draw(item); }
  }

  function setLang(next) {
    root.dataset.lang = next;
    root.lang = next === "zh" ? "zh-Hans" : "en";
    const title = root.dataset[next === "zh" ? "titleZh" : "titleEn"];
    if (title) document.title = title;
    for (const e of document.querySelectorAll("[data-label-en]")) e.setAttribute("aria-label", e.dataset[next === "zh" ? "labelZh" : "labelEn"]);
    for (const b of document.querySelectorAll("[data-set-lang]")) b.setAttribute("aria-pressed", String(b.dataset.setLang === next));
  }

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
    heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
      const down = head.classList.contains("num") ? head.getAttribute("aria-sort") !== "descending" : head.getAttribute("aria-sort") === "ascending";
      heads.forEach(h => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const numeric = head.classList.contains("num"), key = row => numeric ? row.cells[column].dataset.v : row.cells[column].textContent;
      const order = (a, b) => {
        const [x, y] = [key(a), key(b)];
        if (numeric && (x === "" || y === "")) return (x === "") - (y === "");      // missing values stay last
        return (numeric ? x - y : x.localeCompare(y)) * (down ? -1 : 1);
      };
      body.append(...[...body.rows].sort(order));
    }));
  }

  // #zh and #dark at the end of the address choose as the switches do; so does what was chosen before.
  const wishes = location.hash.slice(1).split("+");
  const theme = wishes.find(w => w === "dark" || w === "light") ?? memory.get("theme");
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  setLang(wishes.find(w => w === "zh" || w === "en") ?? lang());
  for (const details of document.querySelectorAll("details.numbers")) details.open = false;
  document.querySelector(".switches").hidden = false;
  for (const button of document.querySelectorAll("[data-set-lang]")) button.addEventListener("click", () => {
    // On a server the address carries the language: the page is asked for again.
    if (root.dataset.server) return;
    setLang(button.dataset.setLang);
    refresh();
  });
  document.querySelector(".theme").addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    memory.set("theme", root.dataset.theme);
    refresh();
  });
  for (const details of document.querySelectorAll("details.more")) details.addEventListener("toggle", () => { for (const item of charts) if (details.contains(item.element)) { item.chart?.resize(); draw(item); } });
  for (const table of document.querySelectorAll("table.sortable")) sortable(table);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    for (const item of charts) { item.chart?.resize(); draw(item); }
  });
  // On paper: light colours, and charts as wide as a sheet. When the event comes the page is still laid out for the screen, so a class
  // makes it as narrow as an A4 sheet with margins while the charts are drawn.
  const redraw = () => { for (const item of charts) { item.chart?.resize(); draw(item); } };
  let chosen;
  addEventListener("beforeprint", () => { chosen = root.dataset.theme; root.dataset.theme = "light"; root.classList.add("printing"); redraw(); });
  addEventListener("afterprint", () => { root.classList.remove("printing"); chosen ? root.dataset.theme = chosen : delete root.dataset.theme; redraw(); });
  refresh();
})();
