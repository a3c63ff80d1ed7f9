/** The SDK's advice on the version of Node is for developers, and would stand above every answer. */
export function silenceSdkAdvice(): void {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
}
