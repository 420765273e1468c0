"use strict";
/* Everything that an office typed reaches the page by textContent alone. Written for browsers of 2017 and later. */
(function () {
  var D, W = {}, LANG = 0, PAGE = 100, TOP = 15, VERDICTS = ["proved", "contradicted", "unproven", "not_verified", "could_not_check"];
  var SEVERITIES = ["ERROR", "WARNING", "INFO"];
  var H = { id: 0, name: 1, village: 2, type: 3, verdict: 4, waived: 5, requirements: 6, unjudged: 7, photos: 8, within: 9 };
  var F = { code: 0, severity: 1, effect: 2, status: 3, home: 4, village: 5, message: 6, fix: 7, by: 8, cells: 9, recorder: 10, clause: 11, reason: 12 };
  var R = { number: 0, at: 1 }, KEPT = "housing-guarantee language";
  var findingsOf = [];

  function el(tag, attributes, children) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    [].concat(children === undefined ? [] : children).forEach(function (child) {
      node.appendChild(typeof child === "object" ? child : document.createTextNode(String(child)));
    });
    return node;
  }
  function svg(tag, attributes) {
    var node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.keys(attributes).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    return node;
  }
  function say(name, values) {
    return W[name].replace(/\{(\w+)\}/g, function (_, key) { return values[key]; });
  }
  function tell(word) { return Array.isArray(word) ? word[LANG] : word; }  /* a word in both languages, Chinese first */
  function text(index) { return index < 0 ? "" : tell(D.texts[index]) || ""; }
  function count(list, of) {
    var counts = {};
    list.forEach(function (one) { var key = of(one); counts[key] = (counts[key] || 0) + 1; });
    return counts;
  }
  function plain(code) { return tell(D.rules[code][0]).replace(/\{\w+\}/g, "…"); }
  function placeOf(index) { var v = D.villages[index]; return (v[1] + " " + v[2]).trim(); }
  function tag(word, kind) { return el("span", { "class": "tag " + kind }, word); }
  function homeLink(index) {
    if (index < 0) { return el("span", {}, ""); }
    var home = D.households[index];
    return el("span", {}, [el("a", { href: "#home/" + encodeURIComponent(home[H.id]), "class": "id" }, home[H.id]), " " + home[H.name]]);
  }
  function table(columns, rows, options) {
    options = options || {};
    var head = el("tr", {}, columns.map(function (c) { return el("th", { scope: "col", "class": c.n ? "n" : "" }, c.label); }));
    var body = rows.map(function (row, number) {
      return el("tr", options.sum && number === rows.length - 1 ? { "class": "sum" } : {}, row.map(function (cell, at) {
        return el("td", { "class": columns[at].n ? "n" : columns[at].text ? "text" : columns[at].place ? "where" : "", "data-label": columns[at].label }, cell);
      }));
    });
    var made = el("table", { "class": options.stack ? "stack" : "" }, [
      el("caption", {}, options.caption || ""), el("thead", {}, head), el("tbody", {}, body)]);
    if (!options.caption) { made.removeChild(made.firstChild); }
    return el("div", { "class": "scroll", tabindex: "0", role: "region", "aria-label": options.caption || columns[0].label }, made);
  }
  function section(title, children) { return el("section", { "aria-label": title }, [el("h2", {}, title)].concat(children)); }

  /* ---------------------------------------------------------------- overview */
  function index() {  /* of a run whose households stand on a page a township */
    var all = D.index.total, columns = placeColumns();
    var rows = D.index.townships.map(function (t) { return placeRow(el("a", { href: address(t[1]) }, t[0] || W.nowhere), t.slice(3)); });
    rows.push(placeRow(W.total, all));
    return [
      section(W.verdicts, [el("p", {}, W.too_large), facts(all[0], all[0] - all[5], all[1]), tilesOf(all.slice(2, 7))]),
      section(W.by_township, [table(columns, rows, { sum: true, caption: W.by_township })]),
      causesOf(D.index.causes, "#rules/")].concat(days(), trend());
  }
  function address(file) { return file.split("/").map(encodeURIComponent).join("/"); }
  function causesOf(causes, link) {  /* the commonest first; the others a key press away */
    function part(some) {
      return table([{ label: W.found, n: true }, { label: W.rule }, { label: W.message, text: true }], some.map(function (c) {
        return [c[1], el("a", { href: link + encodeURIComponent(c[0]) }, c[0]), plain(c[0])];
      }), { caption: W.top_causes });
    }
    var parts = [part(causes.slice(0, TOP))];
    if (causes.length > TOP) { parts.push(el("details", {}, [el("summary", {}, say("more_causes", { count: causes.length - TOP })), part(causes.slice(TOP))])); }
    return section(W.top_causes, parts);
  }
  function facts(homes, recorded, within) {
    return el("p", { "class": "facts" }, [
      el("span", {}, W.planned + " " + D.planned), el("span", {}, W.on_roster + " " + homes),
      el("span", {}, W.verified + " " + recorded), el("span", {}, W.window + " " + D.window.join(" – ")),
      el("span", {}, W.within + " " + within + " (" + share(within, D.planned) + ")"),
      el("span", {}, W.rectify_by + " " + D.rectify_by)]);
  }
  function tilesOf(counts) {
    return el("ul", { "class": "tiles" }, VERDICTS.map(function (name, index) {
      return el("li", { "class": name }, [el("b", {}, counts[index]), tell(D.verdicts[index])]);
    }));
  }
  function share(part, whole) { return whole ? Math.floor(100 * part / whole) + "%" : "-"; }  /* never more than there is */
  function placeRow(label, numbers) {
    return [label, numbers[0], numbers[1] + " (" + share(numbers[1], numbers[0]) + ")"].concat(numbers.slice(2));
  }
  function placeColumns() {
    return [{ label: W.township }, { label: W.homes, n: true }, { label: W.within, n: true }].concat(
      D.verdicts.map(function (v) { return { label: tell(v), n: true }; }), [{ label: W.errors, n: true }, { label: W.warnings, n: true }]);
  }
  function overview() {
    if (D.index) { return index(); }
    var verdicts = count(D.households, function (h) { return h[H.verdict]; });
    var recorded = D.households.length - (verdicts[3] || 0);
    var open = D.findings.filter(function (f) { return f[F.severity] < 2; });
    var causes = count(open, function (f) { return f[F.code]; });
    var codes = Object.keys(causes).sort(function (a, b) { return causes[b] - causes[a] || (a < b ? -1 : 1); });
    return [
      section(W.verdicts, [
        facts(D.households.length, recorded, D.households.filter(function (h) { return h[H.within]; }).length), tilesOf(VERDICTS.map(function (_, i) { return verdicts[i] || 0; }))]),
      section(W.by_place, [places(open)]),
      causesOf(codes.map(function (code) { return [code, causes[code]]; }), "#findings?rule=")].concat(days(), trend());
  }
  function bars(label, pairs) {  /* the last of them, as many as can be told apart; a table beside says all */
    var shown = pairs.slice(-30), most = Math.max.apply(null, shown.map(function (p) { return p[1]; }).concat([1]));
    var board = svg("svg", { viewBox: "0 0 " + Math.max(60 * shown.length, 300) + " 120", preserveAspectRatio: "xMinYMid", role: "img", "aria-label": label, "class": "trend" });
    shown.forEach(function (p, at) {
      var high = 80 * p[1] / most;
      board.appendChild(svg("rect", { x: at * 60 + 14, y: (96 - high).toFixed(1), width: 32, height: high.toFixed(1) }));
      [[p[1], (92 - high).toFixed(1)], [p[0], 112]].forEach(function (text) {
        var made = svg("text", { x: at * 60 + 30, y: text[1], "text-anchor": "middle" });
        made.textContent = text[0]; board.appendChild(made);
      });
    });
    return board;
  }
  function days() {
    var p = D.progress, rows = p.days.concat([[W.outside_window, p.outside], [W.undated, p.undated]]);
    var columns = [{ label: W.day }, { label: W.homes, n: true }];
    return [section(W.by_day, [bars(W.by_day, p.days.map(function (d) { return [d[0].slice(5), d[1]]; })), table(columns, rows, { caption: W.by_day })])];
  }
  function trend() {
    if (D.runs.length < 2) { return []; }
    function openIn(run) { return run[R.fresh] + run[R.open] + run[R.claimed] + run[R.reopened]; }
    var columns = [{ label: W.run, n: true }, { label: W.as_of }, { label: W.still_open, n: true }, { label: W.closed, n: true }, { label: W.waived, n: true }];
    return [section(W.trend, [bars(W.trend, D.runs.map(function (run) { return [run[R.number], openIn(run)]; })), table(columns, D.runs.map(function (run) {
      return [run[R.number], run[R.at], openIn(run), run[R.closed], run[R.waived]];
    }), { caption: W.trend })])];
  }
  function places(open) {
    var columns = placeColumns();
    function line(label, homes, findings) {
      var of = count(homes, function (h) { return h[H.verdict]; });
      var sev = count(findings, function (f) { return f[F.severity]; });
      var within = homes.filter(function (h) { return h[H.within]; }).length;
      return placeRow(label, [homes.length, within].concat(VERDICTS.map(function (_, i) { return of[i] || 0; }), [sev[0] || 0, sev[1] || 0]));
    }
    function group(list, at, key) {
      var groups = {};
      list.forEach(function (one) { var name = key(D.villages[one[at]]); (groups[name] = groups[name] || []).push(one); });
      return groups;
    }
    var codes = {};  /* what is known by its name alone belongs to the place of that name */
    D.villages.forEach(function (v) { [v[1], v[1] + "\u0000" + v[2]].forEach(function (n, i) { if (v[0]) { codes[n] = codes[n] || v[0].slice(0, i ? 12 : 9); } }); });
    function town(v) { return (codes[v[1]] || "~") + "\u0000" + v[1]; }
    function village(v) { var n = v[1] + "\u0000" + v[2]; return (codes[n] || "~") + "\u0000" + n; }
    var homes = group(D.households, H.village, town), faults = group(open, F.village, town);
    var keys = Object.keys(Object.assign({}, homes, faults)).sort();
    var rows = keys.map(function (key) {
      var name = key.split("\u0000")[1];
      return line(el("a", { href: "#findings?township=" + encodeURIComponent(name) }, name || W.nowhere), homes[key] || [], faults[key] || []);
    });
    rows.push(line(W.total, D.households, open));
    var vHomes = group(D.households, H.village, village), vFaults = group(open, F.village, village);
    var details = el("details", {}, [el("summary", {}, W.village), table(columns, Object.keys(Object.assign({}, vHomes, vFaults)).sort().map(function (key) {
      return line(key.split("\u0000").slice(1).join(" ").trim() || W.nowhere, vHomes[key] || [], vFaults[key] || []);
    }), { caption: W.village })]);
    return el("div", {}, [table(columns, rows, { sum: true, caption: W.by_place }), details]);
  }

  /* ---------------------------------------------------------------- lists with filters */
  function choose(name, label, all, options, value) {
    var select = el("select", { name: name }, [el("option", { value: "" }, all)].concat(options.map(function (o) {
      return el("option", { value: o[0] }, o[1]);
    })));
    select.value = value || "";
    return el("label", {}, [label, select]);
  }
  function unique(values) { return Object.keys(count(values, function (v) { return v; })).filter(Boolean).sort(); }
  function pairs(values) { return values.map(function (v) { return [v, v]; }); }
  function list(name, query, fields, source, matches, draw) {
    var form = el("form", { role: "search", "aria-label": W[name] }, fields);
    var holder = el("div", {}), state = el("p", { role: "status", "aria-live": "polite" }, "");
    var page = Number(query.page || 0);
    function values() {
      var found = {};
      [].forEach.call(form.elements, function (field) { if (field.name) { found[field.name] = field.type === "checkbox" ? (field.checked ? "1" : "") : field.value; } });
      return found;
    }
    function show() {
      var wanted = values(), shown = source.filter(function (one) { return matches(one, wanted); });
      page = Math.max(0, Math.min(page, Math.ceil(shown.length / PAGE) - 1));
      var first = page * PAGE, part = shown.slice(first, first + PAGE);
      state.textContent = shown.length ? say("showing", { total: shown.length, first: first + 1, last: first + part.length }) : W.none;
      holder.textContent = "";
      holder.appendChild(draw(part));
      var back = el("button", { type: "button" }, W.previous), on = el("button", { type: "button" }, W.next);
      back.disabled = page === 0; on.disabled = first + PAGE >= shown.length;
      back.onclick = function () { page -= 1; show(); }; on.onclick = function () { page += 1; show(); };
      holder.appendChild(el("div", { "class": "pager" }, [back, on]));
      keep(name, wanted, page);
    }
    form.addEventListener("input", function () { page = 0; show(); });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    setTimeout(show, 0);
    return section(W[name], [form, state, holder]);
  }
  function keep(name, wanted, page) {
    var parts = Object.keys(wanted).filter(function (k) { return wanted[k]; }).map(function (k) { return k + "=" + encodeURIComponent(wanted[k]); });
    if (page) { parts.push("page=" + page); }
    var place = "#" + name + (parts.length ? "?" + parts.join("&") : "");
    if (location.hash !== place) { history.replaceState(null, "", place); }
  }
  function search(value) {
    var input = el("input", { type: "search", name: "text", autocomplete: "off" });
    input.value = value || "";
    return el("label", {}, [W.search, input]);
  }
  function findings(query) {
    var notices = el("input", { type: "checkbox", name: "notices" });
    notices.checked = query.notices === "1";
    var fields = [
      search(query.text),
      choose("township", W.township, W.all_townships, pairs(unique(D.villages.map(function (v) { return v[1]; }))), query.township),
      choose("village", W.village, W.all_villages, pairs(unique(D.villages.map(function (v) { return v[2]; }))), query.village),
      choose("severity", W.severity, W.all_severities, D.severities.map(function (s, i) { return [String(i), tell(s)]; }), query.severity),
      choose("rule", W.rule, W.all_rules, pairs(Object.keys(D.rules)), query.rule),
      choose("recorder", W.recorder, W.all_recorders, D.recorders.map(function (r, i) { return [String(i), r]; }), query.recorder),
      el("label", { "class": "check" }, [notices, W.with_notices])];
    function matches(f, wanted) {
      var v = D.villages[f[F.village]];
      if (wanted.severity ? String(f[F.severity]) !== wanted.severity : f[F.severity] === 2 && !wanted.notices) { return false; }
      if ((wanted.township && v[1] !== wanted.township) || (wanted.village && v[2] !== wanted.village)) { return false; }
      if ((wanted.rule && f[F.code] !== wanted.rule) || (wanted.recorder && String(f[F.recorder]) !== wanted.recorder)) { return false; }
      return !wanted.text || contains(wanted.text, [tell(f[F.message]), f[F.code], f[F.home] < 0 ? "" : D.households[f[F.home]][H.id] + D.households[f[F.home]][H.name]]);
    }
    return [list("findings", query, fields, D.findings, matches, findingTable)];
  }
  function contains(wanted, texts) {
    var all = texts.join("\n").toLowerCase();
    return wanted.toLowerCase().split(/\s+/).every(function (word) { return all.indexOf(word) >= 0; });
  }
  function findingTable(part, alone) {
    var columns = [{ label: W.severity }, { label: W.rule }, { label: W.message, text: true }, { label: W.cells }, { label: W.fix, text: true }, { label: W.status }];
    if (!alone) { columns.unshift({ label: W.number }, { label: W.village, place: true }); }
    return table(columns, part.map(function (f) {
      var what = [el("div", {}, tell(f[F.message]))];
      if (f[F.reason]) { what.push(el("div", { "class": "soft" }, W.waived + ": " + f[F.reason])); }
      var row = [tag(tell(D.severities[f[F.severity]]), SEVERITIES[f[F.severity]]),
        el("a", { href: "#rules/" + encodeURIComponent(f[F.code]) }, f[F.code]), el("div", {}, what), cells(f[F.cells]),
        el("div", {}, [text(f[F.fix]), el("div", { "class": "soft" }, text(f[F.by]))]),
        text(f[F.status]) + (f[F.effect] >= 0 ? " · " + text(f[F.effect]) : "")];
      return alone ? row : [homeLink(f[F.home]), placeOf(f[F.village])].concat(row);
    }), { stack: true, caption: W.findings });
  }
  function cells(list) {
    var shown = list.slice(0, 4).map(function (c) {
      return el("div", {}, [text(c[0]), c[1], text(c[2])].filter(Boolean).join(" ") + (c[3] ? ": " + tell(c[3]) : ""));
    });
    if (list.length > 4) { shown.push(el("div", { "class": "soft" }, "… " + list.length)); }
    return el("div", {}, shown);
  }
  function households(query) {
    var fields = [search(query.text),
      choose("township", W.township, W.all_townships, pairs(unique(D.villages.map(function (v) { return v[1]; }))), query.township),
      choose("village", W.village, W.all_villages, pairs(unique(D.villages.map(function (v) { return v[2]; }))), query.village),
      choose("verdict", W.verdict, W.all_verdicts, D.verdicts.map(function (v, i) { return [String(i), tell(v)]; }), query.verdict)];
    function matches(h, wanted) {
      var v = D.villages[h[H.village]];
      if ((wanted.township && v[1] !== wanted.township) || (wanted.village && v[2] !== wanted.village)) { return false; }
      if (wanted.verdict && String(h[H.verdict]) !== wanted.verdict) { return false; }
      return !wanted.text || contains(wanted.text, [h[H.id], h[H.name]]);
    }
    return [list("households", query, fields, D.households, matches, function (part) {
      return table([{ label: W.number }, { label: W.name }, { label: W.township }, { label: W.type }, { label: W.verdict }, { label: W.findings, n: true }], part.map(function (h) {
        var index = D.households.indexOf(h);
        return [el("a", { href: "#home/" + encodeURIComponent(h[H.id]) }, h[H.id]), h[H.name], placeOf(h[H.village]), text(h[H.type]),
          tag(tell(D.verdicts[h[H.verdict]]), VERDICTS[h[H.verdict]]), (findingsOf[index] || []).length];
      }), { stack: true, caption: W.households });
    })];
  }

  /* ---------------------------------------------------------------- one household */
  function home(number) {
    var index = D.households.findIndex(function (h) { return h[H.id] === number; });
    if (index < 0) { return [el("p", {}, W.none)]; }
    var h = D.households[index], own = findingsOf[index] || [];
    var chain = h[H.requirements].map(function (r) {
      var requirement = D.requirements[r[0]];
      return [tell(requirement[2]), el("a", { href: "#rules/" + requirement[1] }, requirement[1]), W[r[1]] || r[1],
        r[2].length ? cells(r[2]) : missing(r[3])];
    });
    function missing(codes) {
      return el("div", {}, codes.map(function (code) {
        var said = own.filter(function (f) { return f[F.code] === code; }).map(function (f) { return tell(f[F.message]); });
        return el("div", {}, [W.missing + ": ", el("a", { href: "#rules/" + encodeURIComponent(code) }, code), " " + said.slice(0, 3).join("; ")]);
      }));
    }
    var print = el("button", { type: "button" }, W.print);
    print.onclick = function () { window.print(); };
    var parts = [
      el("p", {}, [el("a", { href: "#households" }, W.back), " ", print]),
      el("dl", {}, [].concat.apply([], [[W.number, h[H.id]], [W.name, h[H.name]], [W.village, placeOf(h[H.village])], [W.type, text(h[H.type])]].map(function (p) {
        return [el("dt", {}, p[0]), el("dd", {}, p[1] || "-")];
      })).concat([el("dt", {}, W.verdict), el("dd", {}, [tag(tell(D.verdicts[h[H.verdict]]), VERDICTS[h[H.verdict]]), h[H.waived] ? " " + W.waived : ""])])),
      table([{ label: W.requirement, text: true }, { label: W.clause }, { label: W.state }, { label: W.proof, text: true }], chain, { stack: true, caption: W.proof }),
      el("h3", {}, W.findings), own.length ? findingTable(own, true) : el("p", {}, W.no_findings)];
    if (h[H.photos].length) {
      parts.push(el("h3", {}, W.photos), el("ul", {}, h[H.photos].map(function (p) {
        return el("li", {}, text(p[0]) + " " + p[1] + " — " + (p[2] ? p[2].join(", ") : W.no_position));
      })));
    }
    if (h[H.unjudged].length) {
      parts.push(el("h3", {}, W.not_judged), el("ul", {}, h[H.unjudged].map(function (u) { return el("li", {}, u[0] + ": " + text(u[1])); })));
    }
    return [el("article", { "class": "card", "aria-label": W.card }, [el("h2", {}, W.card)].concat(parts))];
  }

  /* ---------------------------------------------------------------- map */
  function chart() {
    var areas = D.map.areas, dots = D.map.dots;
    if (!areas.length && !dots.length) { return [section(W.map, [el("p", {}, W.no_map)])]; }
    var county = areas.filter(function (a) { return a[0].length === 6; });
    var frame = [].concat.apply([], (county.length ? county : areas).map(function (a) { return [].concat.apply([], a[2]); }));
    if (!frame.length) { frame = dots.map(function (d) { return [d[1], d[2]]; }); }
    var xs = frame.map(function (p) { return p[0]; }), ys = frame.map(function (p) { return p[1]; });
    var west = Math.min.apply(null, xs), east = Math.max.apply(null, xs), south = Math.min.apply(null, ys), north = Math.max.apply(null, ys);
    var flat = Math.cos((south + north) / 2 * Math.PI / 180), width = Math.max((east - west) * flat, 1e-4), height = Math.max(north - south, 1e-4);
    var scale = 940 / Math.max(width, height), high = height * scale + 60, wide = width * scale + 60;
    function x(lon) { return (30 + (lon - west) * flat * scale).toFixed(1); }
    function y(lat) { return (30 + (north - lat) * scale).toFixed(1); }
    var board = svg("svg", { viewBox: "0 0 " + wide.toFixed(0) + " " + high.toFixed(0), role: "group", "aria-label": W.map + ": " + W.datum });
    var towns = {}, labels = [];  /* of a page that leads to townships, theirs */
    (D.index ? D.index.townships : []).forEach(function (t) { if (t[2]) { towns[t[2]] = t; } });
    areas.forEach(function (a) {
      var path = svg("path", { "class": "area", d: a[2].map(function (ring) { return "M" + ring.map(function (p) { return x(p[0]) + " " + y(p[1]); }).join("L") + "Z"; }).join("") });
      var title = svg("title", {}), town = towns[a[0]], holder = board;
      title.textContent = a[1] + (town ? ": " + tell(D.verdicts[0]) + " " + town[5] + " / " + town[3] : ""); path.appendChild(title);
      if (town) { holder = svg("a", { href: address(town[1]), tabindex: "-1" }); board.appendChild(holder); }
      holder.appendChild(path);
      if (a[0].length === 9) { labels.push(label(a, town)); }
    });
    function label(a, town) {
      var points = a[2].reduce(function (most, ring) { return spread(ring) > spread(most) ? ring : most; }), text = svg("text", { "class": "place", "text-anchor": "middle",
        x: middle(points.map(function (p) { return x(p[0]); })), y: middle(points.map(function (p) { return y(p[1]); })) });
      text.textContent = a[1] + (town ? " " + town[5] + " / " + town[3] : "");
      return text;
    }
    function spread(ring) {
      var lons = ring.map(function (p) { return p[0]; }), lats = ring.map(function (p) { return p[1]; });
      return (Math.max.apply(null, lons) - Math.min.apply(null, lons)) * (Math.max.apply(null, lats) - Math.min.apply(null, lats));
    }
    function middle(values) { values = values.map(Number); return ((Math.min.apply(null, values) + Math.max.apply(null, values)) / 2).toFixed(1); }
    var outside = 0;
    dots.slice().sort(function (a, b) { return a[3] - b[3]; }).forEach(function (d) {
      if (d[1] < west - 0.1 || d[1] > east + 0.1 || d[2] < south - 0.1 || d[2] > north + 0.1) { outside += 1; return; }
      var link = svg("a", { href: "#home/" + encodeURIComponent(D.households[d[0]][H.id]), tabindex: "-1" });
      var dot = svg("circle", { cx: x(d[1]), cy: y(d[2]), r: d[3] ? 5 : 2.5, "class": "dot" + d[3] });
      var title = svg("title", {}); title.textContent = D.households[d[0]][H.id] + " " + placeOf(D.households[d[0]][H.village]);
      dot.appendChild(title); link.appendChild(dot); board.appendChild(link);
    });
    labels.forEach(function (one) { board.appendChild(one); });
    function legend(kind, label) { var s = svg("svg", { width: 14, height: 14, viewBox: "0 0 14 14", "aria-hidden": "true", "class": "key" }); s.appendChild(svg("circle", { cx: 7, cy: 7, r: 5, "class": "dot" + kind })); return el("span", {}, [s, " " + label]); }
    var key = D.index ? [W.proved_of] : [legend(0, W.plain_dot), legend(1, W.outlier), legend(2, W.cluster)];
    var parts = [el("p", { "class": "legend" }, key), board, el("p", { "class": "soft" }, W.datum)];
    if (outside) {
      parts.push(el("p", {}, say("outside_frame", { count: outside })), el("ul", {}, dots.filter(function (d) {
        return d[1] < west - 0.1 || d[1] > east + 0.1 || d[2] < south - 0.1 || d[2] > north + 0.1;
      }).slice(0, 50).map(function (d) { return el("li", {}, [homeLink(d[0]), " " + d[2] + ", " + d[1]]); })));
    }
    return [section(W.map, parts)];
  }

  /* ---------------------------------------------------------------- rules and account */
  function rules(wanted) {
    var found = count(D.findings, function (f) { return f[F.code]; });
    (D.index ? D.index.causes : []).forEach(function (cause) { found[cause[0]] = cause[1]; });
    var codes = Object.keys(D.rules).filter(function (code) { return !wanted || code === wanted || D.rules[code][3] === wanted; });
    var clauses = Object.keys(D.clauses).filter(function (id) { return !wanted || id === wanted || codes.some(function (code) { return D.rules[code][3] === id; }); });
    return [
      section(W.rules, (wanted ? [el("p", {}, el("a", { href: "#rules" }, W.all_rules))] : []).concat([table(
        [{ label: W.rule }, { label: W.clause }, { label: W.found, n: true }, { label: W.message, text: true }].concat(LANG ? [{ label: W.question, text: true }] : [], [{ label: W.fix, text: true }]),
        codes.map(function (code) {
          var r = D.rules[code];
          return [D.index ? code : el("a", { href: "#findings?rule=" + encodeURIComponent(code) + "&notices=1" }, code), el("a", { href: "#rules/" + encodeURIComponent(r[3]) }, r[3]), found[code] || 0, plain(code)].concat(LANG ? [r[1]] : [], [tell(r[2]).replace(/\{\w+\}/g, "…")]);
        }), { stack: true, caption: W.rules })])),
      section(W.clause, [el("dl", {}, [].concat.apply([], clauses.map(function (id) {
        return [el("dt", {}, id + " " + D.clauses[id][0]), el("dd", {}, tell(D.clauses[id][1]))];
      })))])];
  }
  function account() {
    var a = D.account, why = function (list) { return list.map(function (one) { return tell(one[0]) + " " + one[1]; }).join(", "); };
    var parts = [table([{ label: W.role }, { label: W.source }, { label: W.read, n: true }, { label: W.photos, n: true }, { label: W.unreadable, n: true }, { label: W.left_out, text: true }, { label: W.unknown_columns, text: true }, { label: W.problem, text: true }],
      a.sources.map(function (s) { return [tell(s[0]), s[1], s[2], s[3], s[4], why(s[5]), s[7].join("、"), tell(s[6])]; }), { stack: true, caption: W.source }),
      el("p", {}, say("strangers", a.strangers)),
      el("h3", {}, W.not_asked), a.not_asked.length ? el("ul", {}, a.not_asked.map(function (r) { return el("li", {}, r[0] + ": " + tell(r[1]) + (r[2] ? " (" + r[2] + ")" : "")); })) : el("p", {}, W.everything_asked)];
    var na = a.not_applicable;
    if (na.length) { parts.push(el("h3", {}, W.requirements_na), el("ul", {}, na.map(function (n) { return el("li", {}, tell(n[0]) + ": " + n[1] + " — " + tell(n[2])); }))); }
    if (a.waivers.length) {
      parts.push(el("h3", {}, W.waivers), table([{ label: W.rule }, { label: W.number }, { label: W.reason, text: true }, { label: W.approved_by }, { label: W.expires }, { label: W.status }, { label: W.findings, n: true }],
        a.waivers.map(function (w) { return [w.code, w.household_id || w.area_code || "", w.reason, w.approved_by, w.expires, W["standing_" + w.standing], w.findings]; }), { stack: true, caption: W.waivers }));
    }
    if (a.plugins.length) { parts.push(el("h3", {}, W.plugins), el("ul", {}, a.plugins.map(function (p) { return el("li", {}, [p.name, p.version, W["plugin_" + p.state] || p.state].join(" ")); }))); }
    return [section(W.account, parts)];
  }

  /* ---------------------------------------------------------------- frame */
  var SCREENS = { overview: overview, map: chart, findings: findings, households: households, rules: rules, account: account, home: home };
  function route() {
    var hash = location.hash.slice(1) || "overview", cut = hash.split("?"), path = cut[0].split("/"), query = {};
    (cut[1] || "").split("&").filter(Boolean).forEach(function (pair) { var at = pair.indexOf("="); query[pair.slice(0, at)] = decode(pair.slice(at + 1)); });
    var screen = SCREENS[path[0]] ? path[0] : "overview", main = document.getElementById("main");
    [].forEach.call(document.querySelectorAll("nav a"), function (a) {
      if (a.getAttribute("href") === "#" + (screen === "home" ? "households" : screen)) { a.setAttribute("aria-current", "page"); } else { a.removeAttribute("aria-current"); }
    });
    main.textContent = "";
    SCREENS[screen](screen === "home" || screen === "rules" ? decode(path[1] || "") : query).forEach(function (part) { main.appendChild(part); });
    window.scrollTo(0, 0);
  }
  function decode(part) { try { return decodeURIComponent(part); } catch (error) { return ""; } }
  function frame() {
    Object.keys(D.words).forEach(function (name) { W[name] = tell(D.words[name]); });
    document.documentElement.lang = LANG ? "en" : "zh-CN";
    document.getElementById("skip").textContent = W.skip;
    var turn = el("button", { type: "button", lang: LANG ? "zh-CN" : "en", id: "language" }, LANG ? "中文" : "English");
    turn.onclick = function () { speak(1 - LANG); document.getElementById("language").focus(); };
    fill("top", [el("h1", {}, D.title + (D.unit ? " · " + D.unit : "")), el("p", { "class": "facts" }, [el("span", {}, W.as_of + " " + D.as_of), el("span", { "class": "seal" }, W.internal),
      el("span", {}, D.masked ? W.masked : W.unmasked), turn])]);
    document.getElementById("nav").setAttribute("aria-label", W.contents);
    var up = D.up ? [el("li", {}, el("a", { href: D.up }, W.everything))] : [];
    fill("nav", [el("ul", {}, up.concat(screens().map(function (name) { return el("li", {}, el("a", { href: "#" + name }, W[name])); })))]);
    fill("foot", [document.createTextNode(D.title + " · " + D.as_of + " · " + W.internal)]);
  }
  function screens() {
    return ["overview", "map", "findings", "households", "rules", "account"].filter(function (name) { return !D.index || (name !== "findings" && name !== "households"); });
  }
  function fill(id, children) {
    var node = document.getElementById(id);
    node.textContent = "";
    children.forEach(function (child) { node.appendChild(child); });
  }
  function speak(language) {
    LANG = language;
    try { localStorage.setItem(KEPT, LANG ? "en" : "zh"); } catch (error) { /* a browser that keeps nothing shows the run's language */ }
    frame();
    route();
  }
  function begin() {
    D = JSON.parse(document.getElementById("data").textContent);
    ["fresh", "open", "claimed", "reopened", "waived", "closed"].forEach(function (name) { R[name] = 2 + D.states.indexOf(name === "fresh" ? "new" : name); });
    var chosen = null;
    try { chosen = localStorage.getItem(KEPT); } catch (error) { /* the same */ }
    LANG = (chosen || D.language) === "en" ? 1 : 0;
    D.findings.forEach(function (f) { if (f[F.home] >= 0) { (findingsOf[f[F.home]] = findingsOf[f[F.home]] || []).push(f); } });
    document.getElementById("skip").onclick = function (event) { event.preventDefault(); document.getElementById("main").focus(); };
    frame();
    window.addEventListener("hashchange", route);
    route();
    document.documentElement.setAttribute("data-ready", "1");
  }
  document.addEventListener("DOMContentLoaded", begin);
})();
