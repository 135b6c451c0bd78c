const store = localStorage;
let socket = null;

const byId = (id) => document.getElementById(id);

function call(method, path, body, done) {
  const request = new XMLHttpRequest();
  request.open(method, path, true);
  request.setRequestHeader("Content-Type", "application/json");
  request.setRequestHeader("Authorization", store.getItem("token") || "");
  request.onload = () => done(request.status < 300, JSON.parse(request.responseText));
  request.send(body && JSON.stringify(body));
}

function onSubmit(id, send) {
  byId(id).onsubmit = () => {
    send(Object.fromEntries(new FormData(byId(id))));
    return false;
  };
}

function show(id) {
  byId("view").innerHTML = byId(id).textContent;
}

function showWelcome() {
  show("welcomeview");
  onSubmit("signin", signIn);
  onSubmit("signup", ({ again, ...user }) => signUp(user));
}

function signUp(user) {
  call("POST", "/sign_up", user, (ok, reply) => (byId("says").textContent = reply.message));
}

function signIn(user) {
  call("POST", "/sign_in", user, (ok, reply) => {
    if (ok) {
      store.setItem("token", reply.data);
      showProfile();
      connect();
    }
  });
}

function showProfile() {
  show("profileview");
  byId("account-tab").onclick = () => (byId("account").hidden = false);
  byId("signout").onclick = signOut;
}

function signOut() {
  call("DELETE", "/sign_out", null, leave);
}

function leave() {
  store.removeItem("token");
  showWelcome();
}

function connect() {
  socket = new WebSocket("ws://" + location.host + "/ws");
  socket.onopen = () => socket.send(store.getItem("token"));
  socket.onmessage = onNotice;
}

function onNotice() {
  leave();
}

function start() {
  if (!store.getItem("token")) {
    return showWelcome();
  }
  call("GET", "/get_user_data_by_token", null, (ok) => {
    if (!ok) {
      return leave();
    }
    showProfile();
    connect();
  });
}

window.onload = start;
