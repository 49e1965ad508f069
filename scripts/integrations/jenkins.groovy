// jenkins.groovy JENKINSFILE
//
// Carries out a declarative Jenkinsfile as far as ours goes: parameters from their defaults or the environment, stages in
// order, `sh` by the shell, `error` ends the stages, `post` runs in any case. Ends with 1 if the build would fail.
import groovy.lang.Closure

class Steps {
  Map<String, String> params = [:]
  boolean failed = false

  // What a declarative pipeline may say that decides nothing here.
  def label(String name) {}
  def agent(Closure body) { with(body) }
  def junit(Map arguments) { println "junit ${arguments.testResults}: ${new File(arguments.testResults).exists()}" }
  def archiveArtifacts(Map arguments) { println "archive ${arguments.artifacts}" }

  def string(Map arguments) { parameter(arguments.name, arguments.defaultValue) }
  def choice(Map arguments) { parameter(arguments.name, arguments.choices[0]) }
  private void parameter(String name, String value) { params[name] = System.getenv(name) ?: value }

  def pipeline(Closure body) { with(body) }
  def parameters(Closure body) { with(body) }
  def stages(Closure body) {
    try { with(body) } catch (IllegalStateException failure) {
      println failure.message
      failed = true
    }
  }
  def stage(String name, Closure body) { with(body) }
  def steps(Closure body) { with(body) }
  def script(Closure body) { with(body) }
  def post(Closure body) { with(body) }
  def always(Closure body) { with(body) }
  def error(String message) { throw new IllegalStateException(message) }

  def sh(Map arguments) {
    def builder = new ProcessBuilder('sh', '-xe', '-c', arguments.script).inheritIO()
    builder.environment().putAll(params)
    int status = builder.start().waitFor()
    if (arguments.returnStatus) return status
    if (status != 0) error "sh: exit status ${status}"
  }

  private def with(Closure body) {
    body.delegate = this
    body.resolveStrategy = Closure.DELEGATE_FIRST
    body()
  }
}

def steps = new Steps()
def shell = new GroovyShell(new Binding(params: steps.params))
def script = shell.parse(new File(args[0]))
script.metaClass.methodMissing = { String name, arguments -> steps.invokeMethod(name, arguments) }
script.run()
System.exit(steps.failed ? 1 : 0)
