// A GitHub API that knows one pull request with one approval. Prints its port, then every request it gets.
import { createServer } from "node:http";

const replies = {
  "/repos/acme/app/pulls/7/reviews": [{ state: "APPROVED", user: { login: "bob" } }],
};

const server = createServer((request, response) => {
  const path = new URL(request.url, "http://localhost").pathname;
  const allowed = request.headers.authorization === "Bearer token-of-the-container-test";
  const reply = allowed ? replies[path] : undefined;
  console.log(`${request.method} ${path} ${reply ? 200 : 404}`);
  response.writeHead(reply ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify(reply ?? { message: "Not Found" }));
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
