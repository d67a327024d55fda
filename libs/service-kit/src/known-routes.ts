/** The routes a server has, to tell a wrong path (404) from a wrong method (405). */
export class KnownRoutes {
  private readonly routes: { readonly methods: readonly string[]; readonly segments: readonly string[] }[] = [];

  /** `template` in fastify's form: `/v1/sources/:source`. */
  add(method: string | readonly string[], template: string): void {
    this.routes.push({ methods: [method].flat(), segments: template.split('/') });
  }

  /** The methods taken at the path of `url`, sorted; empty where nothing is there. */
  methodsOf(url: string): readonly string[] {
    const segments = (url.split(/[?#]/, 1)[0] ?? '').split('/');
    const methods = this.routes.filter((route) => matches(route.segments, segments)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, index) => part === segments[index] || (part.startsWith(':') && segments[index] !== ''))
  );
}
