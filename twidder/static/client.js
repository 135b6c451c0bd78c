"use strict";

const TOKEN = "twidder.token"; // where web storage keeps it
const RECONNECT_AFTER = 2000; // milliseconds

// The close codes with which the server says that the session is over.
const OVER = {
  4000: "You were signed out because you signed in somewhere else.",
  4001: "Your session is over. Please sign in again.",
  4003: "You have signed out.",
};

let socket = null;

const element = (id) => document.getElementById(id);

function say(sentence) {
  element("notice").textContent = sentence;
}

// ---- views --------------------------------------------------------------

function putIn(viewId) {
  const view = element(viewId).textContent;
  const page = new DOMParser().parseFromString(view, "text/html");
  document.querySelector("main")?.remove();
  document.body.append(page.querySelector("main"));
}

function showWelcome(sentence = "") {
  disconnect();
  putIn("welcomeview");
  element("signin").addEventListener("submit", signIn);
  element("signup").addEventListener("submit", signUp);
  say(sentence);
}

function showProfile(token) {
  putIn("profileview");
  element("signout").addEventListener("click", () => signOut(token));
  connect(token);
  call("GET", "/get_user_data_by_token", { token }, (reply) => {
    if (reply.success) {
      showUser(reply.data);
    } else {
      say(reply.message);
    }
  });
}

function showUser(user) {
  element("name").textContent = `${user.firstname} ${user.familyname}`;
  const details = ["email", "gender", "city", "country"].flatMap((field) => [
    withText("dt", field),
    withText("dd", user[field]),
  ]);
  element("details").replaceChildren(...details);
}

function withText(tag, text) {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}

// ---- the session --------------------------------------------------------

function signIn(event) {
  event.preventDefault();
  const { username, password } = Object.fromEntries(new FormData(event.target));
  call("POST", "/sign_in", { body: { username, password } }, (reply) => {
    if (!reply.success) {
      say(reply.message);
      return;
    }
    localStorage.setItem(TOKEN, reply.data);
    showProfile(reply.data);
  });
}

function signUp(event) {
  event.preventDefault();
  const form = event.target;
  const { again, ...user } = Object.fromEntries(new FormData(form));
  if (again !== user.password) {
    say("The two passwords are not the same.");
    return;
  }
  call("POST", "/sign_up", { body: user }, (reply) => {
    say(reply.message);
    if (reply.success) {
      form.reset();
    }
  });
}

function signOut(token) {
  call("DELETE", "/sign_out", { token }, (reply) => {
    if (reply.success) {
      leave(token, OVER[4003]);
    } else {
      say(reply.message);
    }
  });
}

// This token is of no more use. Another tab may have a new one by now.
function leave(token, sentence) {
  if (localStorage.getItem(TOKEN) === token) {
    localStorage.removeItem(TOKEN);
  }
  start(sentence);
}

// ---- the server ---------------------------------------------------------

function call(method, path, { token, body }, done) {
  const request = new XMLHttpRequest();
  request.open(method, path);
  request.setRequestHeader("Content-Type", "application/json");
  if (token) {
    request.setRequestHeader("Authorization", token);
  }
  request.onload = () => {
    if (token && request.status === 401) {
      leave(token, OVER[4001]);
    } else {
      done(read(request.responseText));
    }
  };
  request.onerror = () => say("The server can't be reached.");
  request.send(body ? JSON.stringify(body) : null);
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { success: false, message: "The server's answer makes no sense." };
  }
}

function connect(token) {
  disconnect();
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(`${scheme}//${location.host}/ws`);
  socket = mine;
  mine.onopen = () => mine.send(token);
  mine.onmessage = (event) => {
    if (mine === socket && read(event.data).type === "logout") {
      leave(token, OVER[4000]);
    }
  };
  mine.onclose = (event) => {
    if (mine !== socket) {
      return;
    }
    if (event.code in OVER) {
      leave(token, OVER[event.code]);
    } else {
      setTimeout(() => mine === socket && connect(token), RECONNECT_AFTER);
    }
  };
}

function disconnect() {
  const old = socket;
  socket = null;
  old?.close();
}

function start(sentence) {
  const token = localStorage.getItem(TOKEN);
  if (token) {
    showProfile(token);
  } else {
    showWelcome(sentence);
  }
}

start();
