"use strict";
(() => {
  const root = document.documentElement;
  const $ = (id) => document.getElementById(id);
  const LEFT = new Map();
  root.classList.add("js");

  /* ---- language ---------------------------------------------------------------------------- */
  const speakers = [];
  const english = () => $("lang-en").checked;
  const pick = (pair) => pair[english() ? 1 : 0];
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => name in values ? values[name] : all);
  const whole = (n) => n.toLocaleString(english() ? "en-GB" : "vi-VN");
  const speak = () => {
    root.lang = english() ? "en" : "vi";
    speakers.forEach((each) => each());
  };
  for (const name of ["lang-vi", "lang-en"]) $(name).addEventListener("change", speak);

  /* ---- text, folded so that "da" finds "đã" ------------------------------------------------ */
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();
  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const SVG = "http://www.w3.org/2000/svg";
  const icon = (name) => {
    const svg = document.createElementNS(SVG, "svg");
    const use = document.createElementNS(SVG, "use");
    svg.setAttribute("class", "i");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", "#i-" + name);
    svg.append(use);
    return svg;
  };
  const SIGN = {fail: "fail", error: "broke", unknown: "unknown", "not-applicable": "none", pass: "pass"};
  const status = (key, words) => {
    const made = element("span", undefined, "status is-" + SIGN[key]);
    made.append(icon(SIGN[key]), element("span", words));
    return made;
  };

  /* ---- data blocks ------------------------------------------------------------------------- */
  const unpack = async (id) => {
    const raw = atob($(id).textContent);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  };
  const unpackJson = async (id) => JSON.parse(new TextDecoder().decode(await unpack(id)));
  const KEPT = 8;
  const piece = (id) => {
    const known = LEFT.get(id);
    if (known) {
      LEFT.delete(id);
      LEFT.set(id, known);
      return known;
    }
    const coming = unpackJson(id);
    LEFT.set(id, coming);
    if (LEFT.size > KEPT) LEFT.delete(LEFT.keys().next().value);
    return coming;
  };

  /* ---- a paged table over columns ---------------------------------------------------------- */
  const PAGE = 100;
  const breathe = () => new Promise((done) => setTimeout(done, 0));
  const paged = ({head, prefix, name, rows, matches, draw, dictionary}) => {
    const state = {found: null, page: 0, turn: 0};
    const say = (key, values) => fill(pick(head.words[key]), values || {});
    const cells = async (row) => {
      const part = await piece(`d-${name}-${Math.floor(row / head.chunk)}`);
      const at = row % head.chunk;
      return part.columns.map((column) => part.pool[column[at]]);
    };
    const show = async () => {
      const turn = state.turn;
      const pages = Math.max(Math.ceil(state.found.length / PAGE), 1);
      state.page = Math.min(Math.max(state.page, 0), pages - 1);
      const made = [];
      for (const row of state.found.subarray(state.page * PAGE, (state.page + 1) * PAGE)) {
        made.push(draw(row, await cells(row)));
      }
      if (turn !== state.turn) return;
      $(prefix + "-rows").replaceChildren(...made);
      $(prefix + "-count").textContent = say("found", {n: whole(state.found.length), all: whole(rows)});
      $(prefix + "-page").textContent = say("page", {n: whole(state.page + 1), all: whole(pages)});
      $(prefix + "-prev").disabled = state.page === 0;
      $(prefix + "-next").disabled = state.page >= pages - 1;
    };
    const search = async () => {
      const turn = state.turn += 1;
      const keep = matches();
      const words = fold($(prefix + "-text").value.trim()).split(/\s+/).filter(Boolean);
      const out = new Uint32Array(rows);
      let n = 0;
      if (!words.length) {
        for (let row = 0; row < rows; row += 1) if (keep(row)) out[n++] = row;
      } else {
        $(prefix + "-count").textContent = say("searching");
        const near = words.map((word) => dictionary(word));
        for (let start = 0; start < rows; start += head.chunk) {
          const end = Math.min(start + head.chunk, rows);
          let any = false;
          for (let row = start; row < end && !any; row += 1) any = keep(row);
          if (!any) continue;
          const part = await piece(`d-${name}-${Math.floor(start / head.chunk)}`);
          if (turn !== state.turn) return;
          part.folded = part.folded || part.pool.map(fold);
          const hits = words.map((word) => part.folded.map((text) => text.includes(word)));
          for (let row = start; row < end; row += 1) {
            if (!keep(row)) continue;
            const all = words.every((word, w) => near[w](row) || part.columns.some((column) => hits[w][column[row - start]]));
            if (all) out[n++] = row;
          }
          await breathe();
          if (turn !== state.turn) return;
        }
      }
      state.found = out.subarray(0, n);
      state.page = 0;
      await show();
    };
    let waiting = 0;
    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(search, 120);
    };
    $(prefix + "-prev").addEventListener("click", () => { state.page -= 1; state.turn += 1; show(); });
    $(prefix + "-next").addEventListener("click", () => { state.page += 1; state.turn += 1; show(); });
    for (const field of $(name).querySelectorAll("input, select")) field.addEventListener("input", soon);
    $(name).querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    speakers.push(() => { state.turn += 1; if (state.found) show(); });
    return search();
  };

  const options = (select, entries) => {
    const draw = () => {
      const chosen = select.value;
      select.replaceChildren(...entries().map(([value, text]) => {
        const made = element("option", text);
        made.value = value;
        return made;
      }));
      select.value = chosen;
      if (select.selectedIndex < 0) select.selectedIndex = 0;
    };
    speakers.push(draw);
    draw();
  };

  const findings = async (head) => {
    const n = head.findings;
    const raw = await unpack("d-findings");
    const asset = new Uint32Array(raw, 0, n);
    const system = new Uint16Array(raw, 4 * n, n);
    const check = new Uint16Array(raw, 6 * n, n);
    const outcome = new Uint8Array(raw, 8 * n, n);
    const severity = new Uint8Array(raw, 9 * n, n);
    const any = () => ["", pick(head.words.all)];
    options($("f-outcome"), () => [any(), ...head.outcomes.map((pair, i) => [i, pick(pair)])]);
    options($("f-severity"), () => [any(), ...head.severities.map((pair, i) => [i, pick(pair)])]);
    options($("f-system"), () => [any(), ...head.systems.map((id, i) => [i, id])]);
    options($("f-check"), () => [any(), ...head.checks.map(([id], i) => [i, id])]);
    const matches = () => {
      const chosen = [[outcome, "f-outcome"], [severity, "f-severity"], [system, "f-system"], [check, "f-check"]]
        .filter(([, id]) => $(id).value !== "").map(([column, id]) => [column, Number($(id).value)]);
      const wanted = fold($("f-asset").value.trim());
      const named = wanted ? head.assets.map((id) => fold(id).includes(wanted)) : null;
      return (row) => chosen.every(([column, value]) => column[row] === value) && (!named || named[asset[row]]);
    };
    const dictionary = (word) => {
      const assets = head.assets.map((id) => fold(id).includes(word));
      const systems = head.systems.map((id) => fold(id).includes(word));
      const checks = head.checks.map((texts) => texts.some((text) => fold(text).includes(word)));
      return (row) => assets[asset[row]] || systems[system[row]] || checks[check[row]];
    };
    const draw = (row, [subject, vi, en, seen, expected, byVi, byEn, evidence]) => {
      const made = element("tr");
      const cell = (...parts) => {
        const td = element("td");
        td.append(...parts);
        made.append(td);
      };
      const name = head.assets[asset[row]];
      const [id, titleVi, titleEn] = head.checks[check[row]];
      cell(status(head.outcomeKeys[outcome[row]], pick(head.outcomes[outcome[row]])), element("br"), element("span", pick(head.severities[severity[row]]), "severity sev-" + head.severityKeys[severity[row]]));
      cell(element("b", name), element("br"), element("span", head.systems[system[row]], "soft"), ...(subject && subject !== name ? [element("br"), element("span", subject, "soft subject")] : []));
      cell(pick([titleVi, titleEn]), element("br"), element("code", id, "digest"));
      cell(pick([vi, en]));
      cell(element("code", seen, "seen"), ...(expected ? [element("br"), element("code", expected, "seen soft")] : []));
      cell(pick([byVi, byEn]), ...(evidence ? [element("br"), element("code", evidence, "digest")] : []));
      made.lastChild.className = "proof";
      return made;
    };
    await paged({head, prefix: "f", name: "findings", rows: n, matches, draw, dictionary});
  };

  const commands = async (head) => {
    if (!$("commands")) return;
    const n = head.commands;
    const raw = await unpack("d-commands");
    const asset = new Uint32Array(raw, 0, n);
    const probe = new Uint16Array(raw, 4 * n, n);
    const dictionary = (word) => {
      const assets = head.assets.map((id) => fold(id).includes(word));
      const probes = head.probes.map((texts) => texts.some((text) => fold(text).includes(word)));
      return (row) => assets[asset[row]] || probes[probe[row]];
    };
    const draw = (row, [vi, en, secondsVi, secondsEn, sizeVi, sizeEn, digest]) => {
      const made = element("tr");
      const texts = [head.assets[asset[row]], "", pick([vi, en]), pick([secondsVi, secondsEn]), pick([sizeVi, sizeEn]), ""];
      made.append(...texts.map((text) => element("td", text)));
      made.children[1].append(element("code", head.probes[probe[row]][2], "seen"));
      made.children[5].append(element("code", digest, "digest"));
      return made;
    };
    await paged({head, prefix: "k", name: "commands", rows: n, matches: () => () => true, draw, dictionary});
  };

  /* ---- the matrix -------------------------------------------------------------------------- */
  const matrix = (head) => {
    const rows = [...document.querySelectorAll(".matrix tr.rq")];
    const texts = rows.map((row) => fold(row.textContent));
    const bodies = [...document.querySelectorAll(".matrix tbody")];
    const apply = () => {
      const words = fold($("m-text").value.trim()).split(/\s+/).filter(Boolean);
      const wanted = $("m-status").value;
      let n = 0;
      rows.forEach((row, i) => {
        const fits = words.every((word) => texts[i].includes(word)) && (!wanted || row.dataset.status.split(" ").includes(wanted));
        row.hidden = !fits;
        n += fits;
      });
      for (const body of bodies) body.hidden = !body.querySelector("tr.rq:not([hidden])");
      $("m-count").textContent = fill(pick(head.words.requirements), {n: whole(n), all: whole(rows.length)});
    };
    const keys = [...$("m-status").options].map((each) => each.value).filter(Boolean);
    options($("m-status"), () => [["", pick(head.words.all)], ...keys.map((key) => [key, pick(head.statuses[key])])]);
    for (const id of ["m-text", "m-status"]) $(id).addEventListener("input", apply);
    $("matrix-filter").addEventListener("submit", (event) => event.preventDefault());
    speakers.push(apply);
    apply();
  };

  /* ---- copying a remedy -------------------------------------------------------------------- */
  const copying = (head) => {
    for (const box of document.querySelectorAll(".fix")) {
      if (!box.querySelector("code")) continue;
      const button = element("button", undefined);
      button.type = "button";
      const name = () => { button.textContent = pick(head.words.copy); };
      speakers.push(name);
      name();
      button.addEventListener("click", async () => {
        const told = box.querySelector(".fix-text");
        const shown = told.querySelector(`span[lang=${english() ? "en" : "vi"}]`) || told;
        const text = [...shown.querySelectorAll("code")].map((each) => each.textContent).join("\n");
        try {
          await navigator.clipboard.writeText(text);
          button.textContent = pick(head.words.copied);
        } catch {
          const range = document.createRange();
          range.selectNodeContents(shown);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }
      });
      box.append(button);
    }
  };

  /* ---- paper shows everything -------------------------------------------------------------- */
  let shut = [];
  addEventListener("beforeprint", () => {
    shut = [...document.querySelectorAll("details:not([open]):not(.quiet)")];
    for (const each of shut) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of shut) each.open = false;
  });

  /* ---- far chapters are laid out after the first rows stand, or when a link leads there ----- */
  const lay = () => root.classList.add("laid");
  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("a[href^='#']")) lay();
  }, true);
  if (location.hash) lay();

  (async () => {
    try {
      const head = await unpackJson("d-head");
      speakers.push(() => { document.title = pick(head.words.title) + " · " + head.agency; });
      matrix(head);
      copying(head);
      await findings(head);
      await commands(head);
      await breathe();
      lay();
      root.dataset.ready = "1";
    } catch (problem) {
      lay();
      root.dataset.ready = "0";
      root.classList.remove("js");
      throw problem;
    }
  })();
})();
