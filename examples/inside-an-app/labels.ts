/** Prints a shipping label at a carrier, which knows the caller by its address. */
export async function handler(): Promise<number> {
  const { status } = await fetch("https://api.carrier.example/labels");
  return status;
}
