/* <dugnad-grid>: the table that the cursor stands in, or a new one, as cells to write in; it goes back into the text as Markdown. A table that is
   pasted from a spreadsheet or a page becomes Markdown at once. The grammar is that of web/markdown.py. */
(() => {
  "use strict";
  const DASHES = /^(:?)-+(:?)$/;
  const MOST = 200; // rows, and cells in a row, that are shown to write in
  const SIDES = ["", "left", "center", "right"];
  const UNDER = { "": "---", left: ":--", center: ":-:", right: "--:" };

  const cells = (line) => line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
  const written = (cell) => cell.replace(/\s*\n\s*/g, "<br>").trim().replaceAll("|", "\\|");

  /** The lines of a table: its sides, and its rows, the first of which is the heading. Null for what is none. */
  const read = (lines) => {
    const sides = cells(lines[1] ?? "").map((cell) => DASHES.exec(cell));
    if (lines.length < 2 || !lines[0].includes("|") || sides.some((each) => !each) || cells(lines[0]).length !== sides.length) return null;
    const wide = sides.length;
    const rows = [lines[0], ...lines.slice(2)].map((line) => {
      const all = cells(line);
      return Array.from({ length: wide }, (_, n) => (n === wide - 1 ? all.slice(n).join(" | ") : all[n] ?? ""));
    });
    return { rows, sides: sides.map(([, left, right]) => (left && right ? "center" : left ? "left" : right ? "right" : "")) };
  };

  /** As Markdown, in columns. */
  const write = ({ rows, sides }) => {
    const made = rows.map((row) => row.map(written));
    const wide = sides.map((_, n) => Math.min(40, Math.max(3, ...made.map((row) => row[n].length))));
    const line = (row) => `| ${row.map((cell, n) => cell.padEnd(wide[n])).join(" | ")} |`;
    const under = sides.map((side, n) => UNDER[side].replace("-", "-".repeat(Math.max(1, wide[n] - UNDER[side].length + 1))));
    return [line(made[0]), `| ${under.join(" | ")} |`, ...made.slice(1).map(line)].join("\n");
  };

  /** The table around the cursor: where it stands in the text, and what is in it. */
  const around = (text, at) => {
    const start = (place) => text.lastIndexOf("\n", place - 1) + 1;
    const end = (place) => (text.indexOf("\n", place) + text.length + 1) % (text.length + 1);
    const barred = (from) => text.slice(from, end(from)).includes("|");
    let from = start(at);
    if (!barred(from)) return null;
    while (from > 0 && barred(start(from - 1))) from = start(from - 1);
    let to = end(at);
    while (to < text.length && barred(to + 1)) to = end(to + 1);
    // A line with a bar in it may stand above the heading.
    for (let above = from; above <= at; above = end(above) + 1) {
      const table = read(text.slice(above, to).split("\n"));
      if (table) return { from: above, to, ...table };
      if (end(above) >= at) break;
    }
    return null;
  };

  /** Rows that are all as long. */
  const squared = (rows) => {
    const wide = Math.max(0, ...rows.map((row) => row.length));
    return rows.map((row) => [...row, ...Array(wide - row.length).fill("")]);
  };

  /** The cells of what is pasted, if it is a table and nothing else. */
  const pasted = (data) => {
    const html = data?.getData("text/html");
    const page = html && new DOMParser().parseFromString(html, "text/html");
    const table = page && page.querySelectorAll("table").length === 1 && page.querySelector("table");
    const said = (node) => node.textContent.replace(/\s+/g, "");
    if (!table || said(page.body) !== said(table)) return null;
    const rows = squared([...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.replace(/\s+/g, " ").trim())));
    return rows.length > 1 || rows[0]?.length > 1 ? rows : null;
  };

  /** Cells that are pasted into a cell: those of a table, or lines with tabs between. */
  const block = (data) => {
    const text = data?.getData("text/plain").replace(/\r?\n$/, "") ?? "";
    return pasted(data) ?? (/[\t\n]/.test(text) ? text.split(/\r?\n/).map((line) => line.split("\t")) : null);
  };

  class Grid extends HTMLElement {
    connectedCallback() {
      if (this.dialog) return;
      this.dialog = this.querySelector("dialog");
      this.body = this.querySelector("table");
      this.at = [0, 0];
      this.open = (event) => this.opened(event.target.closest?.("[data-format=table]")?.closest("dugnad-format"));
      this.paste = (event) => this.given(event);
      document.addEventListener("click", this.open);
      document.addEventListener("paste", this.paste);
      this.addEventListener("click", (event) => this.does(event.target.closest("button")?.dataset.does));
      this.body.addEventListener("input", (event) => this.typed(event.target));
      this.body.addEventListener("focusin", (event) => this.seen(event.target));
      this.body.addEventListener("keydown", (event) => this.key(event));
      this.body.addEventListener("paste", (event) => this.filled(event));
    }

    disconnectedCallback() {
      document.removeEventListener("click", this.open);
      document.removeEventListener("paste", this.paste);
    }

    opened(format) {
      if (!format) return;
      const { value, selectionStart, selectionEnd } = format.area;
      const found = around(value, selectionStart);
      this.format = format;
      this.place = found ?? { from: selectionStart, to: selectionEnd };
      const chosen = found || selectionStart === selectionEnd ? null : value.slice(selectionStart, selectionEnd).split("\n").map((line) => line.split("\t"));
      this.rows = found?.rows ?? squared(chosen ?? [["", ""], ["", ""], ["", ""]]);
      this.sides = found?.sides ?? this.rows[0].map(() => "");
      if (this.rows.length > MOST || this.sides.length > MOST) return;
      this.at = [0, 0];
      this.dialog.showModal();
      this.show();
    }

    /** Draws the cells anew, and stands where one stood. */
    show() {
      const say = (row, column) => (row ? this.dataset.cell.replace("{row}", row) : this.dataset.head).replace("{column}", column + 1);
      this.body.replaceChildren(...this.rows.map((row, r) => {
        const line = document.createElement("tr");
        line.append(...row.map((text, c) => {
          const cell = document.createElement(r ? "td" : "th");
          const input = Object.assign(document.createElement("input"), { value: text.replaceAll("<br>", " ⏎ "), className: this.sides[c], dir: "auto" });
          input.setAttribute("aria-label", say(r, c));
          cell.append(input);
          return cell;
        }));
        return line;
      }));
      const [row, column] = this.at;
      this.at = [Math.min(row, this.rows.length - 1), Math.min(column, this.sides.length - 1)];
      this.cell(...this.at).focus();
      this.pressed();
    }

    cell(row, column) {
      return this.body.rows[row]?.cells[column]?.firstElementChild;
    }

    seen(input) {
      const cell = input.closest("td, th");
      this.at = [cell.parentElement.rowIndex, cell.cellIndex];
      this.pressed();
    }

    pressed() {
      for (const button of this.querySelectorAll("[data-does^=side-]")) button.setAttribute("aria-pressed", String(button.dataset.does === `side-${this.sides[this.at[1]]}`));
    }

    typed(input) {
      const [row, column] = this.at;
      this.rows[row][column] = input.value.replaceAll(" ⏎ ", "<br>");
    }

    key(event) {
      const [row, column] = this.at;
      const step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
      const turned = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      if (event.altKey && turned) {
        event.preventDefault();
        this.moved(...turned);
      } else if (step) {
        event.preventDefault();
        if (event.key === "Enter" && row === this.rows.length - 1) this.does("row");
        else this.cell(row + step, column)?.focus();
      }
    }

    moved(down, along) {
      const [row, column] = this.at;
      const [to, beside] = [row + down, column + along];
      if (!this.rows[to] || beside < 0 || beside >= this.sides.length) return;
      const swap = (list, one, other) => { [list[one], list[other]] = [list[other], list[one]]; };
      if (down) swap(this.rows, row, to);
      else [this.sides, ...this.rows].forEach((list) => swap(list, column, beside));
      this.at = [to, beside];
      this.show();
    }

    does(what) {
      const [row, column] = this.at;
      if (what === "done") return this.done();
      if (what === "leave") return this.dialog.close();
      if (!what) return;
      if (what === "row") {
        this.rows.splice(row + 1, 0, this.sides.map(() => ""));
        this.at = [row + 1, 0];
      } else if (what === "column") {
        this.sides.splice(column + 1, 0, "");
        this.rows.forEach((each) => each.splice(column + 1, 0, ""));
        this.at = [row, column + 1];
      } else if (what === "no-row" && this.rows.length > 1) {
        this.rows.splice(row, 1);
      } else if (what === "no-column" && this.sides.length > 1) {
        [this.sides, ...this.rows].forEach((list) => list.splice(column, 1));
      } else if (what === "sort") {
        this.sort(column);
      } else if (what.startsWith("side-")) {
        const side = what.slice("side-".length);
        this.sides[column] = this.sides[column] === side ? SIDES[0] : side;
      }
      this.show();
    }

    /** By what is in that column, as people order words and numbers; once more turns it round. */
    sort(column) {
      const { compare } = new Intl.Collator(this.closest("[lang]").lang, { numeric: true });
      const [head, ...rest] = this.rows;
      const sorted = rest.toSorted((one, other) => compare(one[column], other[column]));
      const was = rest.every((row, n) => row === sorted[n]);
      this.rows = [head, ...(was ? sorted.reverse() : sorted)];
    }

    /** What is copied out of other cells is put in from here on, and the table grows as it must. */
    filled(event) {
      const found = block(event.clipboardData);
      if (!found) return;
      event.preventDefault();
      event.stopPropagation();
      const [row, column] = this.at;
      const wide = Math.min(MOST, Math.max(this.sides.length, column + Math.max(...found.map((each) => each.length))));
      const high = Math.min(MOST, Math.max(this.rows.length, row + found.length));
      while (this.sides.length < wide) { this.sides.push(""); this.rows.forEach((each) => each.push("")); }
      while (this.rows.length < high) this.rows.push(this.sides.map(() => ""));
      found.slice(0, high - row).forEach((cells, r) => cells.slice(0, wide - column).forEach((cell, c) => { this.rows[row + r][column + c] = cell; }));
      this.show();
    }

    done() {
      const { from, to } = this.place;
      this.dialog.close();
      this.put(this.format, write(this), from, to);
    }

    /** On lines of its own. */
    put(format, table, from, to) {
      const before = format.area.value.slice(0, from);
      const after = format.area.value.slice(to);
      const above = !before || before.endsWith("\n\n") || this.place?.rows ? "" : before.endsWith("\n") ? "\n" : "\n\n";
      const below = after.startsWith("\n") ? "" : "\n";
      format.put(above + table + below, from, to);
    }

    /** A table that is pasted into a text. */
    given(event) {
      const format = event.target.closest?.("dugnad-upload")?.querySelector("dugnad-format");
      if (!format?.area || event.target !== format.area || event.defaultPrevented) return;
      const rows = pasted(event.clipboardData);
      if (!rows) return;
      event.preventDefault();
      this.place = null;
      this.put(format, write({ rows, sides: rows[0].map(() => "") }), format.area.selectionStart, format.area.selectionEnd);
    }
  }

  customElements.define("dugnad-grid", Grid);
})();
