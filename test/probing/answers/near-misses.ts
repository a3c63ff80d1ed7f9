/** Made up: answers close to refusals that the rules know, and none. */
import { means, type Published } from "./recorded.ts";

const json = { "content-type": "application/json" };
const html = { "content-type": "text/html; charset=utf-8" };
const xml = { "content-type": "text/xml; charset=utf-8" };

export const nearMisses: readonly Published[] = [
  means(
    "unauthorized",
    "login from",
    "of our own",
    403,
    json,
    '{"message":"Login from 203.0.113.9 failed: account locked"}',
  ),
  means(
    "unauthorized",
    "logged",
    "of our own",
    401,
    json,
    '{"message":"Unauthorized access attempt from 203.0.113.9 has been logged"}',
  ),
  means("ok", "reserved", "of our own", 400, json, '{"error":"You are not allowed to use a reserved IP address"}'),
  means("ok", "allowed_ips", "of our own", 400, json, '{"error":"allowed_ips[0]: private IPs are not allowed"}'),
  means(
    "ok",
    "subnet",
    "of our own",
    400,
    json,
    '{"error":"The address is in a range that overlaps with block 10.0.0.0/24"}',
  ),
  means(
    "unauthorized",
    "telegram",
    "of our own",
    403,
    json,
    '{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}',
  ),
  means(
    "unauthorized",
    "bots deed",
    "of our own",
    403,
    json,
    '{"message":"Bots are not allowed to add reactions here","code":30}',
  ),
  means("ok", "405", "of our own", 405, json, '{"detail":"Method \\"GET\\" not allowed."}'),
  means("ok", "406", "of our own", 406, json, '{"error":"Not Acceptable","message":"I think there is no such type"}'),
  means("ok", "ip limit", "of our own", 200, json, '{"ips":["203.0.113.7"],"limit":7,"ip_limit_reached":false}'),
  means("ok", "network", "of our own", 200, json, '{"status":"ok","message":"Your network is healthy","blocked":0}'),
  means(
    "ok",
    "400 title",
    "of our own",
    400,
    html,
    "<html><head><title>400 Bad Request</title></head><body><center><h1>400 Bad Request</h1></center><hr><center>nginx</center></body></html>",
  ),
  means(
    "target-down",
    "soap server",
    "of our own",
    500,
    xml,
    '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Server</faultcode><faultstring>Client connection to database refused</faultstring></soap:Fault></soap:Body></soap:Envelope>',
  ),
  means(
    "ok",
    "whitelist settings",
    "of our own",
    200,
    json,
    '{"success":true,"message":"IP whitelist restriction is off","ips":[]}',
  ),
  means(
    "unauthorized",
    "edit the list",
    "of our own",
    403,
    json,
    '{"error":"You do not have permission to change IP whitelist restrictions"}',
  ),
  means(
    "ok",
    "a short page of help",
    "of our own",
    200,
    html,
    "<html><body><h1>Allow lists</h1><p>If your IP is not on the list, the request is rejected.</p></body></html>",
  ),
];
