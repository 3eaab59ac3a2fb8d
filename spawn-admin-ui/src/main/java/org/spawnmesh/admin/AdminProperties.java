package org.spawnmesh.admin;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** {@code spawn.admin.*}: the console. */
@ConfigurationProperties("spawn.admin")
public class AdminProperties {

  /** Whether there is a console. */
  private boolean enabled = true;

  /** Where it is in the application. */
  private String path = "/console";

  /**
   * Management APIs of the nodes to show, for example http://10.0.0.7:9090. In an application with
   * actors it is the application itself, unless said otherwise.
   */
  private List<URI> nodes = new ArrayList<>();

  /** What the nodes demand: their spawn.management.token. */
  private @Nullable String token;

  /**
   * SSL bundle with the certificate that the console shows to nodes, and those that it trusts; for
   * nodes whose spawn.management.ssl-bundle is set.
   */
  private @Nullable String sslBundle;

  /** How long a node may take to answer before its page part is shown without it. */
  private Duration nodeTimeout = Duration.ofMillis(1500);

  /** Who may log in. Without any there is 'admin', with a password that the log names. */
  private List<User> users = new ArrayList<>();

  /** Who else logs people in, by OpenID Connect. */
  private final Oidc oidc = new Oidc();

  /** How long a session lasts that nobody uses. */
  private Duration sessionTimeout = Duration.ofMinutes(30);

  /** How many open pages may be told live what happens. */
  private int liveStreams = 200;

  /** File to keep the audit in; without it the audit ends with the process. */
  private @Nullable String auditFile;

  /** Where to look for nodes beside those that are listed. */
  private final Discovery discovery = new Discovery();

  /** How nodes are found that nobody has listed. */
  public static class Discovery {

    private final ZooKeeper zookeeper = new ZooKeeper();

    private final Kubernetes kubernetes = new Kubernetes();

    public ZooKeeper getZookeeper() {
      return zookeeper;
    }

    public Kubernetes getKubernetes() {
      return kubernetes;
    }

    boolean isOn() {
      return zookeeper.connectString != null || kubernetes.enabled;
    }

    /** The ZooKeeper in which nodes find each other. */
    public static class ZooKeeper {

      /** Its servers, for example zk-1:2181,zk-2:2181; without them it is not asked. */
      private @Nullable String connectString;

      /** Path below which the nodes keep everything. */
      private String root = "/spawn";

      /** Who the nodes are to it, if that matters. */
      private @Nullable String username;

      /** Password of that user. */
      private @Nullable String password;

      public @Nullable String getConnectString() {
        return connectString;
      }

      public void setConnectString(@Nullable String connectString) {
        this.connectString = connectString;
      }

      public String getRoot() {
        return root;
      }

      public void setRoot(String root) {
        this.root = root;
      }

      public @Nullable String getUsername() {
        return username;
      }

      public void setUsername(@Nullable String username) {
        this.username = username;
      }

      public @Nullable String getPassword() {
        return password;
      }

      public void setPassword(@Nullable String password) {
        this.password = password;
      }
    }

    /** Pods of the cluster that spawn.admin.kubernetes describes. */
    public static class Kubernetes {

      /** Whether it is asked. */
      private boolean enabled;

      /** Labels of the pods; those that the controller makes have this one. */
      private String selector = "spawn-eigr.io/actor-system";

      /** Port of their management API. */
      private int port = 9091;

      public boolean isEnabled() {
        return enabled;
      }

      public void setEnabled(boolean enabled) {
        this.enabled = enabled;
      }

      public String getSelector() {
        return selector;
      }

      public void setSelector(String selector) {
        this.selector = selector;
      }

      public int getPort() {
        return port;
      }

      public void setPort(int port) {
        this.port = port;
      }
    }
  }

  /** The Kubernetes whose actor systems and hosts are shown. */
  private final Kubernetes kubernetes = new Kubernetes();

  /** A Kubernetes cluster. */
  public static class Kubernetes {

    /** Whether there is a page for deployments. */
    private boolean enabled;

    /** Address of the API server; without it as kubectl is set up here, or as a pod finds it. */
    private @Nullable String url;

    /** What the API server demands. */
    private @Nullable String token;

    /** Namespaces to look into; without any, all, for which the console needs a cluster role. */
    private List<String> namespaces = new ArrayList<>();

    /** How long the API server may take to answer. */
    private Duration timeout = Duration.ofSeconds(10);

    public boolean isEnabled() {
      return enabled;
    }

    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }

    public @Nullable String getUrl() {
      return url;
    }

    public void setUrl(@Nullable String url) {
      this.url = url;
    }

    public @Nullable String getToken() {
      return token;
    }

    public void setToken(@Nullable String token) {
      this.token = token;
    }

    public List<String> getNamespaces() {
      return namespaces;
    }

    public void setNamespaces(List<String> namespaces) {
      this.namespaces = namespaces;
    }

    public Duration getTimeout() {
      return timeout;
    }

    public void setTimeout(Duration timeout) {
      this.timeout = timeout;
    }
  }

  /** An OpenID Connect provider. */
  public static class Oidc {

    /** Address of the issuer; without it nobody is logged in elsewhere. */
    private @Nullable String issuer;

    /** Id of this console at the provider. */
    private String clientId = "spawn-console";

    /** Secret of this console at the provider. */
    private String clientSecret = "";

    /** What to ask for. */
    private List<String> scopes = new ArrayList<>(List.of("openid", "profile"));

    /**
     * Claim of the id token that lists the roles; what in it is no role of the console is ignored.
     */
    private String rolesClaim = "roles";

    /** What the page to log in calls the provider. */
    private String name = "single sign-on";

    public @Nullable String getIssuer() {
      return issuer;
    }

    public void setIssuer(@Nullable String issuer) {
      this.issuer = issuer;
    }

    public String getClientId() {
      return clientId;
    }

    public void setClientId(String clientId) {
      this.clientId = clientId;
    }

    public String getClientSecret() {
      return clientSecret;
    }

    public void setClientSecret(String clientSecret) {
      this.clientSecret = clientSecret;
    }

    public List<String> getScopes() {
      return scopes;
    }

    public void setScopes(List<String> scopes) {
      this.scopes = scopes;
    }

    public String getRolesClaim() {
      return rolesClaim;
    }

    public void setRolesClaim(String rolesClaim) {
      this.rolesClaim = rolesClaim;
    }

    public String getName() {
      return name;
    }

    public void setName(String name) {
      this.name = name;
    }
  }

  /** Somebody who may log in. */
  public static class User {

    /** Name to log in with. */
    private String name = "";

    /** Password, plain or encoded as Spring Security does, for example {bcrypt}… */
    private String password = "";

    /** VIEWER, OPERATOR or ADMIN; for one system only with its name behind an @: OPERATOR@shop. */
    private List<String> roles = new ArrayList<>();

    public String getName() {
      return name;
    }

    public void setName(String name) {
      this.name = name;
    }

    public String getPassword() {
      return password;
    }

    public void setPassword(String password) {
      this.password = password;
    }

    public List<String> getRoles() {
      return roles;
    }

    public void setRoles(List<String> roles) {
      this.roles = roles;
    }
  }

  public boolean isEnabled() {
    return enabled;
  }

  public void setEnabled(boolean enabled) {
    this.enabled = enabled;
  }

  public String getPath() {
    return path;
  }

  public void setPath(String path) {
    this.path = path;
  }

  public List<URI> getNodes() {
    return nodes;
  }

  public void setNodes(List<URI> nodes) {
    this.nodes = nodes;
  }

  public @Nullable String getToken() {
    return token;
  }

  public void setToken(@Nullable String token) {
    this.token = token;
  }

  public @Nullable String getSslBundle() {
    return sslBundle;
  }

  public void setSslBundle(@Nullable String sslBundle) {
    this.sslBundle = sslBundle;
  }

  public Duration getNodeTimeout() {
    return nodeTimeout;
  }

  public void setNodeTimeout(Duration nodeTimeout) {
    this.nodeTimeout = nodeTimeout;
  }

  public List<User> getUsers() {
    return users;
  }

  public void setUsers(List<User> users) {
    this.users = users;
  }

  public Oidc getOidc() {
    return oidc;
  }

  public Discovery getDiscovery() {
    return discovery;
  }

  public Kubernetes getKubernetes() {
    return kubernetes;
  }

  public Duration getSessionTimeout() {
    return sessionTimeout;
  }

  public void setSessionTimeout(Duration sessionTimeout) {
    this.sessionTimeout = sessionTimeout;
  }

  public int getLiveStreams() {
    return liveStreams;
  }

  public void setLiveStreams(int liveStreams) {
    this.liveStreams = liveStreams;
  }

  public @Nullable String getAuditFile() {
    return auditFile;
  }

  public void setAuditFile(@Nullable String auditFile) {
    this.auditFile = auditFile;
  }
}
