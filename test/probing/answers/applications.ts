/** An application's own refusals, and answers of healthy partners that have the words of a refusal in another sense. */
import { answersThat, type Published } from "./recorded.ts";

const json = { "content-type": "application/json" };
const xml = { "content-type": "text/xml; charset=utf-8" };
const own = answersThat("unauthorized", json);

export const applications: readonly Published[] = [
  own(
    "OAuth",
    "https://datatracker.ietf.org/doc/html/rfc6750#section-3.1",
    401,
    '{"error":"invalid_token","error_description":"The access token expired"}',
    { ...json, "www-authenticate": 'Bearer realm="api", error="invalid_token"' },
  ),
  own(
    "AWS's signature",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html",
    403,
    '{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."}',
    { ...json, "x-amzn-errortype": "InvalidSignatureException", "x-amzn-requestid": "0" },
  ),
  own(
    "S3",
    "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
    403,
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id you provided does not exist in our records.</Message><AWSAccessKeyId>AKIA</AWSAccessKeyId></Error>',
    { "content-type": "application/xml", "x-amz-request-id": "R", server: "AmazonS3" },
  ),
  own(
    "EC2's addresses, which are not ours",
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
    403,
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation. User is not authorized to perform: ec2:ReleaseAddress on resource: arn:aws:ec2:eu-west-1:123456789012:elastic-ip/eipalloc-1</Message></Error></Errors><RequestID>R</RequestID></Response>',
    { "content-type": "text/xml;charset=UTF-8", server: "AmazonEC2" },
  ),
  own(
    "Stripe",
    "https://docs.stripe.com/api/errors",
    401,
    '{"error":{"message":"Invalid API Key provided: sk_test_****","type":"invalid_request_error"}}',
  ),
  own(
    "GraphQL with status 200",
    "https://www.apollographql.com/docs/apollo-server/data/errors",
    200,
    '{"errors":[{"message":"You must be logged in","extensions":{"code":"UNAUTHENTICATED"}}],"data":null}',
  ),
  own(
    "GraphQL, forbidden, with status 200",
    "https://www.apollographql.com/docs/apollo-server/data/errors",
    200,
    '{"data":{"me":null},"errors":[{"message":"Not allowed","path":["me"],"extensions":{"code":"FORBIDDEN"}}]}',
  ),
  own(
    "SOAP with status 500",
    "https://docs.oasis-open.org/wss/v1.1/wss-v1.1-spec-os-SOAPMessageSecurity.pdf",
    500,
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">wsse:FailedAuthentication</faultcode><faultstring>The security token could not be authenticated or authorized</faultstring></soap:Fault></soap:Body></soap:Envelope>',
    xml,
  ),
  own(
    "Salesforce's login over SOAP with status 500",
    "https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_login.htm",
    500,
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com"><soapenv:Body><soapenv:Fault><faultcode>sf:INVALID_LOGIN</faultcode><faultstring>INVALID_LOGIN: Invalid username, password, security token; or user locked out.</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>',
    xml,
  ),
  own("gRPC-web", "https://grpc.io/docs/guides/status-codes/", 200, "", {
    "content-type": "application/grpc-web+proto",
    "grpc-status": "16",
    "grpc-message": "missing token",
  }),
  own(
    "Slack with status 200, where an address that is not allowed looks the same",
    "https://docs.slack.dev/reference/methods/auth.test",
    200,
    '{"ok":false,"error":"invalid_auth"}',
  ),
  own(
    "Akamai Identity Cloud, which does not say that it is the list",
    "https://techdocs.akamai.com/identity-cloud/docs/api-client-allow-lists-1",
    403,
    '{"error":"client_permission_error","request_id":"72gnhpkttcjgc3ns","error_description":"the provided client does not have authorization for this action","stat":"error","code":403}',
  ),
  own(
    "Kubernetes",
    "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
    403,
    '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods is forbidden: User \\"system:anonymous\\" cannot list resource \\"pods\\"","reason":"Forbidden","code":403}',
  ),
  own(
    "Elasticsearch",
    "https://www.elastic.co/guide/en/elasticsearch/reference/current/security-api.html",
    401,
    '{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/]"}],"type":"security_exception"},"status":401}',
    { ...json, "www-authenticate": 'Basic realm="security"' },
  ),
  own(
    "nginx's basic authentication",
    "https://nginx.org/en/docs/http/ngx_http_auth_basic_module.html",
    401,
    "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
    { "content-type": "text/html", "www-authenticate": 'Basic realm="Restricted"', server: "nginx" },
  ),
  own(
    "Azure Storage",
    "https://learn.microsoft.com/en-us/rest/api/storageservices/common-rest-api-error-codes",
    403,
    '\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.</Message></Error>',
    { "content-type": "application/xml", "x-ms-error-code": "AuthenticationFailed", server: "Microsoft-HTTPAPI/2.0" },
  ),
  own(
    "a blocked account",
    "https://docs.gitlab.com/api/rest/troubleshooting/",
    403,
    '{"message":"403 Forbidden - Your account has been blocked."}',
  ),
  own(
    "no right to change somebody's list of addresses",
    "https://docs.github.com/en/graphql/reference/mutations#createipallowlistentry",
    403,
    '{"message":"You are not allowed to edit the IP allow list of this organization.","documentation_url":"https://docs.github.com/rest"}',
  ),
  own(
    "a delivery address",
    "https://developer.easypost.com/errors",
    403,
    '{"error":{"code":"ADDRESS_NOT_ALLOWED","message":"Shipping to this address is not allowed for your account."}}',
  ),
  own(
    "a sender's address",
    "https://www.twilio.com/docs/sendgrid/for-developers/sending-email/sender-identity",
    403,
    '{"errors":[{"message":"The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.","field":"from","help":null}]}',
  ),
];
