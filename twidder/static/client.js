"use strict";

/*
 * Twidder's client: one page with two views.
 *
 *   Rules      what a form has to hold before anything is sent
 *   Transport  calls (XMLHttpRequest), and the socket (WebSocket) that brings the news
 *   Session    from a token in web storage to the sentence that says why it is over
 *   Views      welcome and profile, made from the page's text/view scripts
 *   Tabs       Home, Browse, Account
 *   People     somebody's data and wall
 *   Forms      check, send, wait, say what came of it
 *
 * What people wrote is put into the page as text (textContent), never as markup.
 */

// ---- Rules --------------------------------------------------------------------------
// The server's own. What breaks one is told at once, and the server is not asked.

const MIN_PASSWORD_LENGTH = 8;

const MAX_LENGTHS = {
  username: 254,
  email: 254,
  password: 128,
  oldpassword: 128,
  newpassword: 128,
  firstname: 100,
  familyname: 100,
  city: 100,
  country: 100,
  message: 2000,
};

const EMAIL = /^[^@\p{C}\p{Z}]+@[^@\p{C}\p{Z}]+$/u; // neither spaces nor what can't be seen

const BLANK = { input: "Fill this in.", select: "Choose one.", textarea: "Write something first." };

/** What is wrong with a field, in a sentence; "" if nothing is. */
function mistakeIn(field) {
  const { value, name } = field;
  const { rule, sameAs } = field.dataset;
  const length = [...value].length; // characters, where value.length counts UTF-16 units
  if (field.required && value.trim() === "") {
    return BLANK[field.localName];
  }
  if (length > MAX_LENGTHS[name]) {
    return `There is room for ${MAX_LENGTHS[name]} characters. These are ${length}.`;
  }
  if (rule === "email" && !EMAIL.test(value)) {
    return "Write a whole address, like anna@example.org.";
  }
  if (rule === "password" && length < MIN_PASSWORD_LENGTH) {
    return `A password has at least ${MIN_PASSWORD_LENGTH} characters.`;
  }
  if (sameAs && value !== field.form.elements[sameAs].value) {
    return "The two passwords are not the same.";
  }
  return "";
}

// ---- Transport ----------------------------------------------------------------------

const ANSWER_PATIENCE = 30_000; // milliseconds

/**
 * Calls one of the server's functions.
 *
 * `answered` gets the reply {success, message, data}, one of our own making if the server
 * gave none. It is not called if the token turns out to be no good: then the session is over.
 *
 * @returns {XMLHttpRequest} which may be aborted; then nothing is called
 */
function call(method, path, { token, body }, answered) {
  const request = new XMLHttpRequest();
  request.open(method, path);
  request.timeout = ANSWER_PATIENCE;
  if (token) {
    request.setRequestHeader("Authorization", token);
  }
  if (body) {
    request.setRequestHeader("Content-Type", "application/json");
  }
  request.onload = () => {
    if (token && request.status === 401) {
      leave(token, "expired");
    } else {
      answered(replyFrom(request.responseText));
    }
  };
  request.onerror = () => answered(refusal("The server is out of reach. Try again in a moment."));
  request.ontimeout = () => answered(refusal("The server takes too long. Try again in a moment."));
  request.send(body ? JSON.stringify(body) : null);
  return request;
}

function replyFrom(text) {
  const reply = parsed(text);
  const isReply = typeof reply?.message === "string";
  return isReply ? reply : refusal("The server gave an answer that makes no sense.");
}

const refusal = (message) => ({ success: false, message });

/** The value that the text spells in JSON; undefined if it spells none. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Tries again and again, each time after a longer pause, and not in step with other clients. */
class Retry {
  static FIRST_PAUSE = 1_000; // milliseconds
  static LONGEST_PAUSE = 30_000;

  #failures = 0;
  #timer;

  after(action) {
    const pause = Math.min(Retry.FIRST_PAUSE * 2 ** this.#failures, Retry.LONGEST_PAUSE);
    this.#failures += 1;
    this.stop();
    this.#timer = setTimeout(action, pause * (0.5 + Math.random() / 2));
  }

  succeeded() {
    this.#failures = 0;
  }

  stop() {
    clearTimeout(this.#timer);
  }
}

// The close codes that end a session. After any other (the network dropped, the server stops,
// fails or is full) the session is as valid as before, and the socket is opened again.
const ENDING_OF_CODE = { 4000: "elsewhere", 4001: "expired", 4003: "signedOut" };

/** A session's WebSocket, opened again until the session is over. */
class Socket {
  // A server that is full lets a socket in before it turns it away.
  static STEADY_AFTER = 2_000; // milliseconds

  #token;
  #socket = null;
  #retry = new Retry();
  #steady;

  constructor(token) {
    this.#token = token;
  }

  open() {
    this.close();
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws`);
    socket.onopen = () => {
      socket.send(this.#token);
      this.#steady = setTimeout(() => this.#isSteady(), Socket.STEADY_AFTER);
    };
    socket.onmessage = ({ data }) => {
      if (parsed(data)?.type === "logout") {
        leave(this.#token, "elsewhere");
      }
    };
    socket.onclose = ({ code }) => {
      if (code in ENDING_OF_CODE) {
        leave(this.#token, ENDING_OF_CODE[code]);
      } else {
        this.#isLost();
      }
    };
    this.#socket = socket;
  }

  /** Opens again at once if it was open, or waits to be: it may be dead and not know it. */
  wake() {
    if (this.#socket) {
      this.open();
    }
  }

  /** Hears nothing more, not even its own end. */
  close() {
    this.#retry.stop();
    clearTimeout(this.#steady);
    if (this.#socket) {
      this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
      this.#socket.close();
    }
  }

  #isSteady() {
    this.#retry.succeeded();
    sayConnection("");
  }

  #isLost() {
    clearTimeout(this.#steady);
    sayConnection("Not connected. Trying again …");
    this.#retry.after(() => this.open());
  }
}

// ---- Session ------------------------------------------------------------------------
// The token is in web storage, which all tabs of a browser share: they enter and leave together.

const TOKEN = "twidder.token";
const ENDING = "twidder.ending"; // why the last session ended, for the other tabs

const ENDINGS = {
  elsewhere: "You signed in somewhere else, so you are signed out here.",
  expired: "Your session is over. Please sign in again.",
  signedOut: "You have signed out.",
};

/** The session that is shown, or about to be: {token, socket, retry}; null in the welcome view. */
let session = null;

/** Shows what the stored token stands for: the profile, or without one the welcome view. */
function start(ending) {
  session?.socket.close();
  session?.retry.stop();
  session = null;
  sayConnection("");
  const token = localStorage.getItem(TOKEN);
  if (token) {
    session = { token, socket: new Socket(token), retry: new Retry() };
    enter(session);
  } else {
    showWelcome(ENDINGS[ending] ?? "");
  }
}

/** Shows the profile, but only once the server has said that the session is valid. */
function enter(entered) {
  call("GET", "/get_user_data_by_token", { token: entered.token }, (reply) => {
    if (session !== entered) {
      return; // meanwhile another tab has signed out, or in again
    }
    if (reply.success) {
      sayConnection("");
      showProfile(entered.token, reply.data);
      entered.socket.open();
    } else {
      sayConnection(`${reply.message} Trying again …`);
      entered.retry.after(() => enter(entered));
    }
  });
}

/** The server takes this token no more, for one of the reasons in ENDINGS. */
function leave(token, ending) {
  if (token !== session?.token) {
    return; // old news
  }
  if (localStorage.getItem(TOKEN) === token) {
    localStorage.setItem(ENDING, ending);
    localStorage.removeItem(TOKEN);
  }
  start(ending); // with the session that another tab has started by now, if any
}

/** Sees to it that the session shown is still the stored one, and hears its news. */
function catchUp() {
  if (localStorage.getItem(TOKEN) !== (session?.token ?? null)) {
    start(localStorage.getItem(ENDING));
  } else {
    session?.socket.wake();
  }
}

window.addEventListener("storage", ({ key }) => key !== ENDING && catchUp()); // another tab
window.addEventListener("online", catchUp); // the network is back
window.addEventListener("pageshow", ({ persisted }) => persisted && catchUp()); // went back to it

// ---- Views --------------------------------------------------------------------------

const byId = (id) => document.getElementById(id);

function showWelcome(sentence) {
  const view = putIn("welcomeview");
  byId("notice").textContent = sentence;
  document.title = "Twidder";

  const signIn = view.querySelector("#signin");
  onSubmit(
    signIn,
    (values, answered) => call("POST", "/sign_in", { body: values }, answered),
    (reply) => {
      localStorage.removeItem(ENDING);
      localStorage.setItem(TOKEN, reply.data);
      start();
    },
  );

  const signUp = view.querySelector("#signup");
  onSubmit(
    signUp,
    ({ again, ...user }, answered) => call("POST", "/sign_up", { body: user }, answered),
    (reply) => {
      signIn.elements.username.value = signUp.elements.email.value;
      signUp.reset();
      say(signUp, { message: "" });
      say(signIn, { success: true, message: `${reply.message} Now you can sign in.` });
      signIn.elements.password.focus();
    },
  );

  focusUnlessLoading(view.querySelector("h1"));
}

function showProfile(token, user) {
  const view = putIn("profileview");
  byId("notice").textContent = "";
  view.querySelector("#home").append(
    personPage(token, user, {
      invitation: "Write on your wall",
      messages: "/get_user_messages_by_token",
    }),
  );
  prepareBrowse(view, token);
  prepareAccount(view, token, user);
  focusUnlessLoading(prepareTabs(view.querySelector("[role=tablist]")));
}

function prepareBrowse(view, token) {
  const found = view.querySelector("#found");
  onSubmit(
    view.querySelector("#lookup"),
    ({ email }, answered) => {
      found.replaceChildren();
      call("GET", `/get_user_data_by_email/${encodeURIComponent(email)}`, { token }, answered);
    },
    ({ data: user }, form) => {
      say(form, { message: "" });
      found.replaceChildren(
        personPage(token, user, {
          invitation: `Write on ${user.firstname}’s wall`,
          messages: `/get_user_messages_by_email/${encodeURIComponent(user.email)}`,
        }),
      );
    },
  );
}

function prepareAccount(view, token, user) {
  const changePassword = view.querySelector("#changepassword");
  changePassword.elements.username.value = user.email;
  view.querySelector(".self").textContent = user.email;
  onSubmit(
    changePassword,
    ({ oldpassword, newpassword }, answered) =>
      call("PUT", "/change_password", { token, body: { oldpassword, newpassword } }, answered),
    () => changePassword.reset(),
  );
  onSubmit(
    view.querySelector("#signout"),
    (_, answered) => call("DELETE", "/sign_out", { token }, answered),
    () => leave(token, "signedOut"),
  );
}

/** Puts one of the two views into the page, in place of what was there. */
function putIn(id) {
  const view = made(id);
  byId("view").replaceChildren(view);
  return view;
}

/** A new copy of the one element that a text/view script holds. */
function made(id) {
  const script = new DOMParser().parseFromString(byId(id).textContent, "text/html");
  return document.adoptNode(script.body.firstElementChild);
}

/** Takes keyboard and screen reader to where a new view begins; a page that loads begins on top. */
let loading = true;
function focusUnlessLoading(element) {
  if (!loading) {
    window.scrollTo(0, 0); // where the notice is
    element.focus({ preventScroll: true });
  }
  loading = false;
}

/** Says how the connection is, at the bottom of whatever view there is. */
function sayConnection(sentence) {
  byId("connection").textContent = sentence;
}

// ---- Tabs ---------------------------------------------------------------------------
// As in the ARIA Authoring Practices: one stop for the Tab key, arrows select.

/** @returns {HTMLElement} the tab that is selected at first */
function prepareTabs(list) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  for (const tab of tabs) {
    tab.addEventListener("click", () => select(tabs, tab));
  }
  list.addEventListener("keydown", (event) => {
    const next = tabAfter(tabs, event);
    if (next) {
      event.preventDefault();
      select(tabs, next);
      next.focus();
    }
  });
  select(tabs, tabs[0]);
  return tabs[0];
}

function tabAfter(tabs, { key, target }) {
  const here = tabs.indexOf(target);
  const places = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: -1 };
  return key in places ? tabs.at(places[key] % tabs.length) : null;
}

/** Shows one panel and hides the others, which keep all that is in them. */
function select(tabs, selected) {
  for (const tab of tabs) {
    const isSelected = tab === selected;
    tab.setAttribute("aria-selected", isSelected);
    tab.tabIndex = isSelected ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = !isSelected;
  }
  document.title = `${selected.textContent} · Twidder`;
}

// ---- People -------------------------------------------------------------------------

/**
 * Somebody's data and wall, with a form to write on it.
 *
 * @param {{invitation: string, messages: string}} texts what the form says, and where the
 *   wall's messages are
 */
function personPage(token, user, { invitation, messages }) {
  const page = made("personview");
  page.querySelector(".name").textContent = `${user.firstname} ${user.familyname}`;
  for (const place of page.querySelectorAll("[data-field]")) {
    place.textContent = user[place.dataset.field];
  }
  showInitial(page.querySelector(".avatar"), user.firstname, user.email);
  page.querySelector(".invitation").textContent = invitation;

  const reload = prepareWall(page.querySelector(".wall"), token, messages);
  onSubmit(
    page.querySelector(".post"),
    ({ message }, answered) =>
      call("POST", "/post_message", { token, body: { email: user.email, message } }, answered),
    (reply, form) => {
      form.reset();
      reload();
    },
  );
  reload();
  return page;
}

/** @returns {function} which loads the wall's messages, and nothing else */
function prepareWall(wall, token, path) {
  const button = wall.querySelector(".reload");
  let underWay = null;
  const reload = () => {
    underWay?.abort(); // its answer may be older than the one to come
    const release = hold(button);
    underWay = call("GET", path, { token }, (reply) => {
      if (reply.success) {
        showMessages(wall, reply.data);
      } else {
        say(wall, reply);
      }
    });
    underWay.onloadend = release;
  };
  button.addEventListener("click", reload);
  return reload;
}

function showMessages(wall, messages) {
  const list = document.createDocumentFragment();
  for (const { writer, content } of messages) {
    const avatar = element("span", "avatar");
    avatar.setAttribute("aria-hidden", "true");
    showInitial(avatar, writer, writer);
    const item = element("li", "message");
    item.append(avatar, element("p", "writer", writer), element("p", "content", content));
    list.append(item);
  }
  wall.querySelector(".messages").replaceChildren(list);
  say(wall, { success: true, message: countOf(messages.length) });
}

function countOf(messages) {
  if (messages === 0) {
    return "Nothing here yet";
  }
  return messages === 1 ? "1 message" : `${messages} messages`;
}

const COLOURS = 6; // in client.css

/** A letter in a colour that is always the same for an address. */
function showInitial(avatar, name, email) {
  avatar.textContent = [...name.trim()][0]?.toUpperCase() ?? "?";
  avatar.dataset.colour = [...email].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % COLOURS;
}

function element(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.dir = "auto";
  node.textContent = text;
  return node;
}

// ---- Forms --------------------------------------------------------------------------

const FIELDS = ".field :is(input, select, textarea)";

/**
 * Makes a form check itself, send itself once at a time, and say what came of it.
 *
 * @param {function(object, function)} send gets the fields' values, and what to call with the reply
 * @param {function(object, HTMLFormElement)} succeeded gets the reply, if it is a good one
 */
function onSubmit(form, send, succeeded) {
  prepareFields(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    say(form, { message: "" });
    if (!isFilledIn(form)) {
      return;
    }
    const release = hold(form.querySelector("button"));
    send(Object.fromEntries(new FormData(form)), (reply) => {
      release();
      say(form, reply);
      if (reply.success) {
        succeeded(reply, form);
      }
    });
  });
}

/** Gives each field a place below it for its mistake. */
function prepareFields(form) {
  for (const place of form.querySelectorAll(".field")) {
    const field = place.querySelector(FIELDS);
    place.append(element("p", "mistake"));
    const notes = [...place.querySelectorAll(".hint, .mistake")];
    notes.forEach((note) => (note.id = newId()));
    field.setAttribute("aria-describedby", notes.map(({ id }) => id).join(" "));
    field.addEventListener("input", () => mark(field, ""));
  }
}

let ids = 0;
const newId = () => `note-${(ids += 1)}`;

/** Marks what is wrong, and goes to the first of it. */
function isFilledIn(form) {
  const fields = [...form.querySelectorAll(FIELDS)];
  fields.filter((field) => field.matches("input:not([type=password])")).forEach(trim);
  for (const field of fields) {
    mark(field, mistakeIn(field));
  }
  const wrong = fields.find((field) => field.matches("[aria-invalid=true]"));
  wrong?.focus();
  return !wrong;
}

function trim(field) {
  field.value = field.value.trim(); // phones put a space after what they complete
}

function mark(field, mistake) {
  field.setAttribute("aria-invalid", mistake !== "");
  field.closest(".field").querySelector(".mistake").textContent = mistake;
}

/** Says a reply's message where it belongs, so that it is read aloud too. */
function say(place, { success, message }) {
  const says = place.querySelector(".says");
  says.classList.toggle("bad", success === false);
  says.textContent = message;
}

/** Disables a button while its request is under way. @returns {function} which ends that */
function hold(button) {
  const hadFocus = document.activeElement === button;
  button.disabled = true;
  return () => {
    button.disabled = false;
    // The focus is lost with a disabled button; give it back unless it has moved on.
    if (hadFocus && document.activeElement === document.body) {
      button.focus();
    }
  };
}

start();
