package org.spawnmesh.admin;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code spawn.admin.*}: the console. Prints no secrets.
 *
 * @param enabled Whether there is a console.
 * @param path Where it is in the application.
 * @param nodes Management APIs of the nodes to show, for example http://10.0.0.7:9090. In an
 *     application with actors it is the application itself, unless said otherwise.
 * @param token What the nodes demand: their spawn.management.token.
 * @param sslBundle SSL bundle with the certificate that the console shows to nodes, and those that
 *     it trusts; for nodes whose spawn.management.ssl-bundle is set.
 * @param nodeTimeout How long a node may take to answer before its page part is shown without it.
 * @param users Who may log in. Without any there is 'admin', with a password that the log names.
 * @param oidc Who else logs people in, by OpenID Connect.
 * @param sessionTimeout How long a session lasts that nobody uses.
 * @param liveStreams How many open pages may be told live what happens.
 * @param auditFile File to keep the audit in; without it the audit ends with the process.
 * @param discovery Where to look for nodes beside those that are listed.
 * @param kubernetes The Kubernetes whose actor systems and hosts are shown.
 */
@ConfigurationProperties("spawn.admin")
public record AdminProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("/console") String path,
    @DefaultValue List<URI> nodes,
    @Nullable String token,
    @Nullable String sslBundle,
    @DefaultValue("1500ms") Duration nodeTimeout,
    @DefaultValue List<User> users,
    @DefaultValue Oidc oidc,
    @DefaultValue("30m") Duration sessionTimeout,
    @DefaultValue("200") int liveStreams,
    @Nullable String auditFile,
    @DefaultValue Discovery discovery,
    @DefaultValue Kubernetes kubernetes) {

  /** The path without a slash at its end: empty if all is the console's. */
  String mount() {
    return path.replaceAll("/+$", "");
  }

  @Override
  public String toString() {
    return "console at " + path;
  }

  /**
   * Somebody who may log in.
   *
   * @param name Name to log in with.
   * @param password Password, plain or encoded as Spring Security does, for example {bcrypt}…
   * @param roles VIEWER, OPERATOR or ADMIN; for one system only with its name behind an @:
   *     OPERATOR@shop.
   */
  public record User(
      @DefaultValue("") String name,
      @DefaultValue("") String password,
      @DefaultValue List<String> roles) {

    @Override
    public String toString() {
      return name + " " + roles;
    }
  }

  /**
   * An OpenID Connect provider.
   *
   * @param issuer Address of the issuer; without it nobody is logged in elsewhere.
   * @param clientId Id of this console at the provider.
   * @param clientSecret Secret of this console at the provider.
   * @param scopes What to ask for.
   * @param rolesClaim Claim of the id token that lists the roles; what in it is no role of the
   *     console is ignored.
   * @param name What the page to log in calls the provider.
   */
  public record Oidc(
      @Nullable String issuer,
      @DefaultValue("spawn-console") String clientId,
      @DefaultValue("") String clientSecret,
      @DefaultValue({"openid", "profile"}) List<String> scopes,
      @DefaultValue("roles") String rolesClaim,
      @DefaultValue("single sign-on") String name) {

    @Override
    public String toString() {
      return clientId + " at " + issuer;
    }
  }

  /** How nodes are found that nobody has listed. */
  public record Discovery(@DefaultValue ZooKeeper zookeeper, @DefaultValue Kubernetes kubernetes) {

    boolean isOn() {
      return zookeeper.connectString != null || kubernetes.enabled;
    }

    /**
     * The ZooKeeper in which nodes find each other. What the nodes are told of it as
     * spawn.cluster.zookeeper is told to the console here.
     *
     * @param connectString Its servers, for example zk-1:2181,zk-2:2181; without them it is not
     *     asked.
     * @param root Path below which the nodes keep everything.
     * @param username User for ZooKeeper's digest authentication, the same as the nodes'.
     * @param password Password of that user.
     * @param tls How connections to it are encrypted.
     */
    public record ZooKeeper(
        @Nullable String connectString,
        @DefaultValue("/spawn") String root,
        @Nullable String username,
        @Nullable String password,
        @DefaultValue Tls tls) {

      @Override
      public String toString() {
        return connectString + root;
      }
    }

    /**
     * TLS to ZooKeeper, by files, as its client takes it.
     *
     * @param enabled Whether connections to ZooKeeper are encrypted.
     * @param trustStore File with the certificates that ZooKeeper's must lead back to.
     * @param trustStorePassword Password of the trust store.
     * @param keyStore File with the console's own key and certificate, if ZooKeeper asks for one.
     * @param keyStorePassword Password of the key store.
     * @param storeType Type of both stores.
     * @param verifyHostnames Whether a server's certificate must name the host that was connected
     *     to.
     */
    public record Tls(
        boolean enabled,
        @Nullable String trustStore,
        @DefaultValue("") String trustStorePassword,
        @Nullable String keyStore,
        @DefaultValue("") String keyStorePassword,
        @DefaultValue("PKCS12") String storeType,
        @DefaultValue("true") boolean verifyHostnames) {

      @Override
      public String toString() {
        return enabled ? "by " + trustStore : "off";
      }
    }

    /**
     * Pods of the cluster that spawn.admin.kubernetes describes.
     *
     * @param enabled Whether it is asked.
     * @param selector Labels of the pods; those that the controller makes have this one.
     * @param port Port of their management API.
     */
    public record Kubernetes(
        boolean enabled,
        @DefaultValue("spawn-eigr.io/actor-system") String selector,
        @DefaultValue("9091") int port) {}
  }

  /**
   * A Kubernetes cluster.
   *
   * @param enabled Whether there is a page for deployments.
   * @param url Address of the API server; without it as kubectl is set up here, or as a pod finds
   *     it.
   * @param token What the API server demands.
   * @param namespaces Namespaces to look into; without any, all, for which the console needs a
   *     cluster role.
   * @param timeout How long the API server may take to answer.
   */
  public record Kubernetes(
      boolean enabled,
      @Nullable String url,
      @Nullable String token,
      @DefaultValue List<String> namespaces,
      @DefaultValue("10s") Duration timeout) {

    @Override
    public String toString() {
      return url + " " + namespaces;
    }
  }
}
