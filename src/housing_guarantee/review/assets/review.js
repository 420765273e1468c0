"use strict";
/* Everything that an office typed reaches the page by textContent alone. Written for browsers of 2017 and later. */
(function () {
  var KIND = "housing-guarantee photo decisions", AHEAD = 4, LONGEST_NAME = 40;
  var P = { home: 0, system: 1, name: 2, digest: 3, pictured: 4, position: 5, misplaced: 6, findings: 7, review: 8, taken: 9 };
  var H = { id: 0, head: 1, village: 2, type: 3, archive: 4, recorded: 5 };
  var D, W, state, list = [], at = 0, history = [], known = {}, soon = [], parts = {};

  /* ---------------------------------------------------------------- building */
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
  function fill(node, children) { node.textContent = ""; [].concat(children).forEach(function (child) { node.appendChild(child); }); }
  function say(name, values) { return W[name].replace(/\{(\w+)\}/g, function (_, key) { return values[key]; }); }
  function short(text, most) { text = String(text); return text.length > most ? text.slice(0, most - 1) + "…" : text; }
  function tell(text, bad) { parts.status.textContent = text; parts.status.className = bad ? "status bad" : "status"; }

  /* ---------------------------------------------------------------- what is decided */
  function idOf(photo) { return D.households[photo[P.home]][H.id] + " " + photo[P.digest]; }
  function decisionOn(photo) {  /* the later of what stands in the workspace and what was decided here */
    var own = state.decisions[idOf(photo)], old = photo[P.review];
    if (own && (!old || moment(own[1]) >= moment(old[1]))) { return { look: own[0], at: own[1], who: own[2] }; }
    return old ? { look: D.looks[old[0]][0], at: old[1], who: old[2] } : null;
  }
  function moment(text) { return new Date(text).getTime() || 0; }
  function now() {
    var t = new Date(), zone = -t.getTimezoneOffset(), local = new Date(t.getTime() + zone * 60000), size = Math.abs(zone);
    return local.toISOString().slice(0, 23) + (zone < 0 ? "-" : "+") + two(Math.floor(size / 60)) + ":" + two(size % 60);
  }
  function two(number) { return (number < 10 ? "0" : "") + number; }
  function store() { return "housing-guarantee photo review " + D.campaign; }
  function remember() {
    try { localStorage.setItem(store(), JSON.stringify(state)); return true; } catch (error) { return false; }
  }
  function recall() {
    var empty = { reviewer: "", at: "", unsaved: 0, decisions: {} };
    try { return Object.assign(empty, JSON.parse(localStorage.getItem(store()) || "{}")); } catch (error) { return empty; }
  }

  function decide(look) {
    var photo = list[at], name = nameOf(parts.reviewer.value);
    if (!photo) { return; }
    if (!photo[P.digest]) { tell(W.no_digest, true); return; }
    if (!name) { tell(W.name_first, true); parts.reviewer.focus(); return; }
    var id = idOf(photo);
    history.push([photo, state.decisions[id]]);
    state.decisions[id] = [look, now(), name];
    state.unsaved += 1;
    go(at + 1);
  }
  function nameOf(text) { return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(^|[^\ud800-\udbff])[\udc00-\udfff]/g, "$1").trim().slice(0, LONGEST_NAME); }
  function undo() {
    var last = history.pop();
    if (!last) { return; }
    if (last[1]) { state.decisions[idOf(last[0])] = last[1]; } else { delete state.decisions[idOf(last[0])]; }
    state.unsaved = Math.max(0, state.unsaved - 1);
    if (list.indexOf(last[0]) < 0) { list.splice(Math.min(at, list.length), 0, last[0]); }
    go(list.indexOf(last[0]));
  }

  /* ---------------------------------------------------------------- the file of decisions */
  function sealOf(campaign, rows) { return sha256(JSON.stringify([KIND, 1, campaign, rows])); }
  function rowsOf(decisions) {
    return Object.keys(decisions).sort().map(function (id) {
      var cut = id.lastIndexOf(" "), one = decisions[id];
      return [id.slice(0, cut), id.slice(cut + 1), one[0], one[1], one[2]];
    });
  }
  function save() {
    var rows = rowsOf(state.decisions);
    if (!rows.length) { tell(W.nothing, true); return; }
    var file = { kind: KIND, schema: 1, campaign: D.campaign, seal: sealOf(D.campaign, rows), decisions: rows.map(function (row) {
      return { household_id: row[0], photo: row[1], decision: row[2], at: row[3], reviewer: row[4] };
    }) };
    var link = el("a", { download: "photo-decisions-" + now().slice(0, 16).replace(/[-:]/g, "").replace("T", "-") + ".json" });
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: "application/json" }));
    document.body.appendChild(link); link.click(); document.body.removeChild(link);
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
    state.unsaved = 0;
    remember();
    counts();
    tell(say("saved", { count: rows.length }));
  }
  function load(text) {
    var file, rows;
    try {
      file = JSON.parse(text);
      rows = file.decisions.map(function (d) { return [d.household_id, d.photo, d.decision, d.at, d.reviewer]; });
    } catch (error) { tell(W.not_ours, true); return; }
    if (file.kind !== KIND) { tell(W.not_ours, true); return; }
    if (file.campaign !== D.campaign) { tell(W.other_campaign, true); return; }
    if (file.schema !== 1 || file.seal !== sealOf(file.campaign, rows) || !rows.every(sound)) { tell(W.altered, true); return; }
    var result = { taken: 0, older: 0, elsewhere: 0 };
    rows.forEach(function (row) {
      var id = row[0] + " " + row[1], own = state.decisions[id];
      if (!known[id]) { result.elsewhere += 1; }
      if (own && moment(own[1]) >= moment(row[3])) { result.older += 1; return; }
      state.decisions[id] = [row[2], row[3], row[4]];
      result.taken += 1;
    });
    history = [];
    remember();
    choose(true);
    tell(say("loaded", result));
  }
  function sound(row) {
    return row.every(function (one) { return typeof one === "string"; }) && moment(row[3]) > 0 && nameOf(row[4]) !== "" &&
      D.looks.some(function (look) { return look[0] === row[2]; });
  }

  /* ---------------------------------------------------------------- what is shown */
  function choose(resume) {
    var village = parts.village.value, wanted = parts.show.value, here = resume ? state.at : "";
    list = D.photos.filter(function (photo) {
      if (village !== "" && D.households[photo[P.home]][H.village] !== Number(village)) { return false; }
      if (wanted === "suspected") { return photo[P.findings].length > 0; }
      return wanted === "all" || (wanted === "decided") === !!decisionOn(photo);
    });
    var found = list.findIndex(function (photo) { return here && idOf(photo) === here; });
    if (found < 0) { found = list.findIndex(function (photo) { return !decisionOn(photo); }); }
    go(Math.max(0, found));
  }
  function go(to) {
    if (!list.length) { show(null); tell(W.none, true); return; }
    if (to >= list.length) { tell(say("end", { left: list.filter(function (photo) { return !decisionOn(photo); }).length })); } else { tell(""); }
    at = Math.max(0, Math.min(list.length - 1, to));
    state.at = idOf(list[at]);
    if (!remember()) { tell(W.not_kept, true); }
    show(list[at]);
    soon = list.slice(at + 1, at + 1 + AHEAD).filter(function (photo) { return photo[P.pictured]; }).map(function (photo) {
      var image = new Image(); image.src = fileOf(photo[P.digest]); return image;
    });
  }
  function fileOf(digest) { return "photos/" + digest + ".jpg"; }
  function counts() {
    var done = D.photos.filter(decisionOn).length;
    parts.done.textContent = say("progress", { done: done, total: D.photos.length });
    parts.bar.max = D.photos.length; parts.bar.value = done;
    parts.unsaved.textContent = state.unsaved ? say("unsaved", { count: state.unsaved }) : "";
    parts.where.textContent = list.length ? say("where", { at: at + 1, of: list.length }) : "";
  }
  function show(photo) {
    counts();
    parts.undo.disabled = !history.length;
    parts.board.hidden = !photo;
    if (!photo) { return; }
    var home = D.households[photo[P.home]], decision = decisionOn(photo);
    picture(photo, home);
    archive(home);
    parts.buttons.forEach(function (button, index) {
      button.setAttribute("aria-pressed", String(!!decision && decision.look === D.looks[index][0]));
      button.disabled = !photo[P.digest];
    });
    parts.back.disabled = at === 0;
    parts.on.disabled = at === list.length - 1;
    facts(photo, home, decision);
    suspicions(photo);
    chart(photo, home);
  }
  function picture(photo, home) {
    var pictured = !!photo[P.pictured];
    parts.photo.hidden = !pictured; parts.blank.hidden = pictured;
    parts.blank.textContent = photo[P.digest] ? W.no_picture : W.no_digest;
    if (pictured) { parts.photo.src = fileOf(photo[P.digest]); parts.photo.alt = W.photo + " " + home[H.id] + " " + short(photo[P.name], 80); }
    parts.caption.textContent = photo[P.system] + " " + short(photo[P.name], 120);
  }
  function archive(home) {
    var images = home[H.archive].slice(0, 3).map(function (one) { return el("img", { src: fileOf(one[1]), alt: W.archive + " " + short(one[0], 80) }); });
    parts.archive.className = images.length > 1 ? "side" : "side one";
    fill(parts.archive, [el("figcaption", {}, W.archive)].concat(images.length ? images : [el("div", { "class": "blank" }, W.no_archive)]));
  }
  function facts(photo, home, decision) {
    var word = decision && D.looks.filter(function (look) { return look[0] === decision.look; })[0];
    var said = word ? word[1] + " · " + say("by", { who: short(decision.who, 40), when: decision.at.slice(0, 16).replace("T", " ") }) : W.not_yet;
    var rows = [[W.household, home[H.id]], [W.head, short(home[H.head], 120)], [W.village, placeOf(home[H.village])], [W.type, home[H.type]],
      [W.taken_at, photo[P.taken]], [W.position, photo[P.position] ? photo[P.position].join(", ") : W.no_position], [W.decision, said]];
    fill(parts.facts, [].concat.apply([], rows.filter(function (row) { return row[1]; }).map(function (row) { return [el("dt", {}, row[0]), el("dd", {}, row[1])]; })));
  }
  function suspicions(photo) {
    fill(parts.suspicions, photo[P.findings].length ? photo[P.findings].map(function (f) {
      return el("li", { "class": D.severities[f[0]][0] }, [el("b", {}, D.severities[f[0]][1]), " " + short(f[2], 300) + " ", el("span", { "class": "soft" }, f[1])]);
    }) : [el("li", { "class": "soft" }, W.no_suspicions)]);
  }
  function placeOf(index) { return short((D.villages[index][1] + " " + D.villages[index][2]).trim(), 80); }

  /* ---------------------------------------------------------------- the map of a village */
  function chart(photo, home) {
    var here = photo[P.position], record = home[H.recorded], village = home[H.village];
    var others = D.photos.filter(function (one) { return one[P.position] && one !== photo && D.households[one[P.home]][H.village] === village; });
    var area = areaOf(D.villages[village][0]);
    var near = others.filter(function (one) { return !one[P.misplaced]; }).map(function (one) { return one[P.position]; });
    var points = near.concat(here ? [here] : [], record ? [record] : []);
    if (area && area[0].length === 12) { area[2].forEach(function (ring) { ring.forEach(function (p) { points.push([p[1], p[0]]); }); }); }
    if (!points.length) { fill(parts.map, [el("p", { "class": "soft" }, W.no_map)]); return; }
    var frame = frameOf(points), board = svg("svg", { "class": "map", viewBox: "0 0 400 " + frame.high.toFixed(0), role: "img", "aria-label": W.map });
    if (area) {
      board.appendChild(svg("path", { "class": "area", d: area[2].map(function (ring) { return "M" + ring.map(function (p) { return frame.x(p[0]) + " " + frame.y(p[1]); }).join("L") + "Z"; }).join("") }));
    }
    others.forEach(function (one) {
      board.appendChild(svg("circle", { cx: frame.x(one[P.position][1]), cy: frame.y(one[P.position][0]), r: 4, "class": one[P.misplaced] ? "out" : "dot" }));
    });
    if (record) { board.appendChild(cross(frame.x(record[1]), frame.y(record[0]))); }
    if (here) {
      board.appendChild(svg("circle", { cx: frame.x(here[1]), cy: frame.y(here[0]), r: 5, "class": photo[P.misplaced] ? "out" : "dot" }));
      board.appendChild(svg("circle", { cx: frame.x(here[1]), cy: frame.y(here[0]), r: 9, "class": "here" }));
    }
    fill(parts.map, [board, legend(), el("p", { "class": "legend" }, say("map_scale", { km: frame.km }))]);
  }
  function areaOf(code) {  /* of the village, or else of its township */
    var found = D.areas.filter(function (a) { return a[0].length > 6 && code.indexOf(a[0]) === 0; });
    return found.sort(function (a, b) { return b[0].length - a[0].length; })[0];
  }
  function frameOf(points) {
    var ys = points.map(function (p) { return p[0]; }), xs = points.map(function (p) { return p[1]; });
    var south = Math.min.apply(null, ys), north = Math.max.apply(null, ys), west = Math.min.apply(null, xs), east = Math.max.apply(null, xs);
    var flat = Math.max(Math.cos((south + north) / 2 * Math.PI / 180), 0.01), least = 0.002;
    var width = Math.max((east - west) * flat, least), height = Math.max(north - south, least), high = Math.max(160, Math.min(300, 360 * height / width + 40));
    var scale = Math.min(360 / width, (high - 40) / height), midX = (west + east) / 2, midY = (south + north) / 2;
    var km = 400 / scale * 111.2;
    return { high: high, km: km < 10 ? km.toFixed(1) : km.toFixed(0),
      x: function (lon) { return (200 + (lon - midX) * flat * scale).toFixed(1); }, y: function (lat) { return (high / 2 - (lat - midY) * scale).toFixed(1); } };
  }
  function cross(x, y) {
    x = Number(x); y = Number(y);
    return svg("path", { "class": "mark", d: "M" + (x - 6) + " " + y + "H" + (x + 6) + "M" + x + " " + (y - 6) + "V" + (y + 6) });
  }
  function legend() {
    function key(shape, label) { var s = svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true", "class": "key" }); s.appendChild(shape); return el("span", {}, [s, " " + label]); }
    function dot(kind) { return svg("circle", { cx: 10, cy: 10, r: kind === "here" ? 7 : 5, "class": kind }); }
    return el("p", { "class": "legend" }, [key(dot("here"), W.map_here), key(cross(10, 10), W.map_record), key(dot("dot"), W.map_other), key(dot("out"), W.map_outlier)]);
  }

  /* ---------------------------------------------------------------- SHA-256 (FIPS 180-4): files opened from a disk have no other */
  function sha256(text) {
    var bytes = unescape(encodeURIComponent(text)), size = bytes.length, words = [], hash = roots(8, 2), keys = roots(64, 3), i, j, w, v, s, t;
    for (i = 0; i < size; i += 1) { words[i >> 2] |= bytes.charCodeAt(i) << (24 - i % 4 * 8); }
    words[size >> 2] |= 0x80 << (24 - size % 4 * 8);
    var last = ((size + 8 >> 6) << 4) + 15;
    words[last] = size * 8 | 0; words[last - 1] = Math.floor(size / 536870912);
    function turn(x, n) { return x >>> n | x << 32 - n; }
    for (j = 0; j <= last; j += 16) {
      w = []; v = hash.slice();
      for (i = 0; i < 64; i += 1) {
        w[i] = i < 16 ? words[j + i] | 0 : (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >>> 10) + w[i - 7] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >>> 3) + w[i - 16] | 0;
        t = v[7] + (turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)) + (v[4] & v[5] ^ ~v[4] & v[6]) + keys[i] + w[i] | 0;
        s = (turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)) + (v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]) | 0;
        v = [t + s | 0, v[0], v[1], v[2], v[3] + t | 0, v[4], v[5], v[6]];
      }
      hash = hash.map(function (one, index) { return one + v[index] | 0; });
    }
    return hash.map(function (one) { return ("0000000" + (one >>> 0).toString(16)).slice(-8); }).join("");
  }
  function roots(count, power) {  /* the fractions of the roots of the first primes */
    var found = [], number, factor;
    for (number = 2; found.length < count; number += 1) {
      for (factor = 2; factor * factor <= number && number % factor; factor += 1) { /* next */ }
      if (factor * factor > number) { found.push((Math.pow(number, 1 / power) % 1) * 4294967296 | 0); }
    }
    return found;
  }

  /* ---------------------------------------------------------------- frame */
  function pick(label, options) {
    var select = el("select", {}, options.map(function (one) { return el("option", { value: one[0] }, short(one[1], 60)); }));
    select.onchange = function () { choose(false); };
    return [select, el("label", {}, [label, select])];
  }
  function button(label, work, key) {
    var made = el("button", { type: "button" }, key ? [el("kbd", {}, key), label] : label);
    made.onclick = work;
    return made;
  }
  function tools() {
    var village = pick(W.village, [["", W.all_villages]].concat(D.villages.map(function (v, i) { return [String(i), placeOf(i)]; })));
    var shown = pick(W.show, ["all", "undecided", "suspected", "decided"].map(function (name) { return [name, W[name]]; }));
    parts.reviewer = el("input", { type: "text", maxlength: LONGEST_NAME, autocomplete: "off", spellcheck: "false" });
    parts.reviewer.value = state.reviewer;
    parts.reviewer.oninput = function () { state.reviewer = nameOf(parts.reviewer.value); remember(); };
    parts.village = village[0]; parts.show = shown[0];
    var loaded = el("input", { type: "file", accept: ".json,application/json" });
    loaded.onchange = function () {
      var reader = new FileReader();
      if (!loaded.files.length) { return; }
      reader.onload = function () { load(String(reader.result)); loaded.value = ""; };
      reader.readAsText(loaded.files[0]);
    };
    var form = el("form", { "aria-label": W.tools }, [el("label", {}, [W.reviewer, parts.reviewer]), village[1], shown[1],
      button(W.save, save, "S"), el("label", {}, [W.load, loaded])]);
    form.onsubmit = function (event) { event.preventDefault(); };
    return form;
  }
  function board() {
    parts.photo = el("img", {}); parts.blank = el("div", { "class": "blank" }); parts.caption = el("figcaption", {});
    parts.archive = el("figure", { "class": "side" });
    parts.buttons = D.looks.map(function (look, index) { var made = button(look[1], function () { decide(look[0]); }, String(index + 1)); made.title = look[2]; return made; });
    parts.back = button(W.back, function () { go(at - 1); }, "←"); parts.on = button(W.on, function () { go(at + 1); }, "→"); parts.undo = button(W.undo, undo, "U");
    parts.facts = el("dl", { "class": "facts-list" }); parts.suspicions = el("ul", { "class": "suspicions" }); parts.map = el("div", {});
    return el("div", { "class": "board" }, [
      el("figure", {}, [parts.caption, parts.photo, parts.blank]), parts.archive,
      el("fieldset", { "class": "looks" }, [el("legend", {}, W.decide)].concat(parts.buttons, [el("span", { "class": "gap" }), parts.back, parts.on, parts.undo])),
      el("section", { "class": "panel", "aria-label": W.household_facts }, [el("h2", {}, W.suspicions), parts.suspicions, el("h2", {}, W.household_facts), parts.facts]),
      el("section", { "class": "panel", "aria-label": W.map }, [el("h2", {}, W.map), parts.map])]);
  }
  function help() {
    return el("details", {}, [el("summary", {}, W.help), el("p", {}, W.help_keys), el("dl", { "class": "help" }, [].concat.apply([], D.looks.map(function (look, i) {
      return [el("dt", {}, (i + 1) + " " + look[1]), el("dd", {}, look[2])];
    }))), el("p", {}, W.help_save)]);
  }
  function onKey(event) {
    if (event.altKey || event.metaKey || (event.ctrlKey && event.key !== "z") || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { return; }
    var key = event.key.toLowerCase(), look = D.looks[Number(key) - 1];
    var work = look && !event.ctrlKey ? function () { decide(look[0]); } :
      { arrowright: function () { go(at + 1); }, arrowleft: function () { go(at - 1); }, u: undo, z: event.ctrlKey ? undo : null, s: save }[key];
    if (work) { event.preventDefault(); work(); }
  }
  function begin() {
    D = JSON.parse(document.getElementById("data").textContent); W = D.words; state = recall();
    D.photos.forEach(function (photo) { known[idOf(photo)] = true; });
    var skip = document.getElementById("skip"), main = document.getElementById("main");
    skip.textContent = W.skip;
    skip.onclick = function (event) { event.preventDefault(); main.focus(); };
    fill(document.getElementById("top"), [el("h1", {}, W.heading + " · " + short(D.title, 80)), el("p", { "class": "facts" }, [
      el("span", {}, D.as_of), el("span", { "class": "seal" }, W.internal), el("span", {}, D.masked ? W.masked : W.unmasked)]), tools()]);
    parts.done = el("p", {}); parts.bar = el("progress", { "aria-label": W.heading }); parts.where = el("p", {}); parts.unsaved = el("p", { "class": "soft" });
    parts.status = el("p", { "class": "status", role: "status" }); parts.board = board();
    fill(main, [el("div", { "class": "line" }, [parts.done, parts.bar, parts.where, parts.unsaved]), parts.status, parts.board, help()]);
    var lacking = D.not_shown;
    document.getElementById("foot").textContent = lacking.no_file || lacking.no_photo ? say("not_shown", lacking) : "";
    document.addEventListener("keydown", onKey);
    choose(true);
    document.documentElement.setAttribute("data-ready", "1");
  }
  document.addEventListener("DOMContentLoaded", begin);
})();
