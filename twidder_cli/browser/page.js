// Runs in every document before the page's own scripts, and tells what is visible in it. It has a
// world of its own, which shares the document with the page and nothing else: no name, no prototype.
(() => {
  if (window !== window.top || !window.twidderTell) {
    return;
  }
  const time = () => performance.timeOrigin + performance.now();
  const say = (kind, facts) => window.twidderTell(JSON.stringify({ kind, at: time(), ...facts }));

  // ---- What is visible ----

  const FIELDS = "input:not([type=hidden],[type=submit],[type=button],[type=reset],[type=image],[type=file]),select,textarea";
  const CONTROLS = "button,a,input[type=submit],input[type=button],input[type=image],summary,[onclick],[role=button],[role=tab],[role=link],[role=menuitem]";
  const PERHAPS = "li,div,span,p,td,label,i,img,h1,h2,h3,h4";
  const MOST = 400;
  const SAYS = /^\W*(sign|log)[ -]?(in|out|up|off)\W*$|^\W*(register|home|browse|account)\W*$/i;
  const ADDRESS = /[\w.+-]+@[\w-]+(\.[\w-]+)+/g;

  /** What an element lets through of what is in it, where it hides the rest; null where all is. */
  let clips = new Map(); // for as long as one reading takes
  function clipOf(element) {
    if (!element || element === document.body || element === document.documentElement) {
      return null;
    }
    if (!clips.has(element)) {
      const { overflowX, overflowY } = getComputedStyle(element);
      const rect = element.getBoundingClientRect();
      const [x, y] = [overflowX, overflowY].map((one) => /hidden|clip/.test(one)); // others scroll
      const own = {
        left: x ? rect.left : -Infinity, right: x ? rect.right : Infinity,
        top: y ? rect.top : -Infinity, bottom: y ? rect.bottom : Infinity,
      };
      clips.set(element, x || y ? common(own, clipAround(element)) : clipAround(element));
    }
    return clips.get(element);
  }
  function clipAround(element) {
    const { position } = getComputedStyle(element);
    const holder = position === "absolute" ? element.offsetParent : element.parentElement;
    return position === "fixed" ? null : clipOf(holder);
  }
  const common = (rect, clip) => clip ? {
    left: Math.max(rect.left, clip.left), right: Math.min(rect.right, clip.right),
    top: Math.max(rect.top, clip.top), bottom: Math.min(rect.bottom, clip.bottom),
  } : rect;

  const isSeen = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    [...element.getClientRects()].some((rect) => {
      const { left, right, top, bottom } = common(rect, clipAround(element));
      return right - left > 1 && bottom - top > 1 && right > 0 && bottom + scrollY > 0;
    });
  const isOffered = (field) =>
    isSeen(field) || (/radio|checkbox/.test(field.type) && [...(field.labels ?? [])].some(isSeen));
  const middleOf = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  };
  const isOnTop = (element) => element.contains(document.elementFromPoint(...middleOf(element)));
  const short = (text) => (text ?? "").replace(/\s+/g, " ").trim().slice(0, 80);
  const textOf = (element) => { // an icon says less than what it is called
    const { innerText, value, ariaLabel, title, alt } = element;
    const said = [innerText, value, ariaLabel, title, alt].map(short);
    return said.find((text) => /\p{L}/u.test(text)) ?? said.find(Boolean) ?? "";
  };

  const numbers = new WeakMap();
  const elements = [];
  const numberOf = (element) => {
    if (!numbers.has(element)) {
      numbers.set(element, elements.push(new WeakRef(element)) - 1);
    }
    return numbers.get(element);
  };

  function labelOf(field) {
    const labels = [...(field.labels ?? [])].map(textOf).join(" ");
    return short(labels || field.ariaLabel || field.previousElementSibling?.innerText ||
      field.parentElement?.innerText);
  }

  /** The form, or what stands for one: the nearest that holds several fields and a button. */
  function groupOf(field) {
    for (let around = field.form ?? field.parentElement; around; around = around.parentElement) {
      if (around === field.form || around === document.body ||
        (around.querySelector(CONTROLS) && around.querySelectorAll(FIELDS).length > 1)) {
        return around;
      }
    }
    return document.body;
  }

  function controls() {
    const sure = [...document.querySelectorAll(CONTROLS)].filter(isSeen);
    const perhaps = [...document.querySelectorAll(PERHAPS)].slice(0, MOST).filter((element) => {
      const text = short(element.textContent);
      return text.length < 30 && !element.querySelector(CONTROLS) && !element.closest(CONTROLS) &&
        isSeen(element) && (SAYS.test(text) || getComputedStyle(element).cursor === "pointer");
    });
    return [...sure, ...perhaps].slice(0, MOST);
  }

  function read() {
    clips = new Map();
    const fields = [...document.querySelectorAll(FIELDS)].slice(0, MOST).filter(isOffered);
    const groups = [...new Set(fields.map(groupOf))];
    const smallest = (control) => groups.filter((group) => group.contains(control))
      .reduce((best, group) => (best && !best.contains(group) ? best : group), null);
    return {
      fields: fields.map((field) => ({
        number: numberOf(field),
        group: numberOf(groupOf(field)),
        type: field.type,
        names: short([field.name, field.id, field.autocomplete].join(" ")),
        label: labelOf(field),
        placeholder: short(field.placeholder),
        value: /radio|checkbox/.test(field.type) ? short(field.value) : "",
        is_required: field.required,
        objection: field.form && !field.form.noValidate ? short(field.validationMessage) : "",
        options: [...(field.options ?? [])].filter((option) => !option.disabled).slice(0, MOST)
          .map(({ index, value, text }) => ({ index, value: short(value), text: short(text) })),
      })),
      controls: controls().map((control) => ({
        number: numberOf(control),
        group: control.form ? numberOf(control.form) : smallest(control) ? numberOf(smallest(control)) : -1,
        text: textOf(control),
        submits: control.type === "submit",
        is_sure: control.matches(CONTROLS),
        is_on_top: isOnTop(control),
      })),
      addresses: [...new Set(document.body?.innerText.match(ADDRESS))].slice(0, 50),
    };
  }

  const element = (number) => elements[number]?.deref();

  // ---- What is clicked on, and kept ----

  /** Where to click on a control; null while it is covered or disabled, or there no longer. */
  function place(number) {
    const control = element(number);
    control?.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    return control && !control.disabled && isOnTop(control) ? middleOf(control) : null;
  }

  function click(number) {
    element(number)?.click();
  }

  function focus(number) {
    element(number)?.focus();
  }

  const stored = () => [localStorage, sessionStorage].flatMap((kept) => Object.values(kept))
    .concat(document.cookie.split(/; |=/)).map((text) => text.replace(/^"|"$/g, ""));

  const kept = () => ({
    local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie.split("; "),
  });
  function keep({ local, session, cookies }) {
    Object.assign(localStorage, local);
    Object.assign(sessionStorage, session);
    cookies.forEach((cookie) => (document.cookie = cookie));
  }

  // ---- What is filled in, with the events that a person's typing has ----

  const DEEDS = {
    write(field, text) {
      const { prototype } = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
      Object.getOwnPropertyDescriptor(prototype, "value").set.call(field, text);
    },
    choose(field, index) {
      field.selectedIndex = index;
    },
    click(field) {
      field.click(); // it may be drawn by its label, and be nowhere itself
    },
  };

  function fill(deeds) {
    for (const [number, how, what] of deeds) {
      const field = element(number);
      field?.focus();
      DEEDS[how](field, what);
      if (how !== "click") {
        field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
        field.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
      field.blur();
    }
  }
  window.twidderReader = { read, fill, place, click, focus, stored, kept, keep };

  // ---- What changes ----

  say("began");
  let before = "";
  function look() {
    const reading = document.body ? read() : null;
    const after = JSON.stringify(reading);
    if (reading && after !== before) {
      before = after;
      say("shown", { reading });
    }
  }
  let isDue = false;
  new MutationObserver(() => {
    if (!isDue) {
      isDue = true;
      queueMicrotask(() => {
        isDue = false;
        look();
      });
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  setInterval(look, 50); // styles change without a word
})();
