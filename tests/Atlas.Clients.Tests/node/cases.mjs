// Runs the cases of these names one after the other and says of each on a line of its own: its name, and what it returned, `fine`
// if nothing, or as a text of JSON how it failed.
export async function run(cases, names) {
  for (const name of names) {
    let outcome;
    try {
      outcome = (await cases[name]()) ?? 'fine';
    } catch (error) {
      outcome = JSON.stringify(error.stack);
    }
    process.stdout.write(`${name} ${outcome}\n`);
  }
}
